package org.lamella;

/**
 * Something a user can mend: a file that cannot be read, data that do not fit a model, a name that does not exist.
 *
 * <p>The message is one line that says where, what, and what to do; programs print it as it is.
 */
public class LamellaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param where the file, layer or option at fault, as the user wrote it
     * @param what what is wrong there, and what to do about it
     */
    public LamellaException(String where, String what) {
        super(oneLine(where + ": " + what));
    }

    /** As {@link #LamellaException(String, String)}, with the failure beneath it. */
    public LamellaException(String where, String what, Throwable cause) {
        super(oneLine(where + ": " + what), cause);
    }

    private static String oneLine(String message) {
        return message.replaceAll("\\s*\\p{Cntrl}+\\s*", " ").strip();
    }
}
