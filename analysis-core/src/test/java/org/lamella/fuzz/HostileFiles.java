package org.lamella.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Pointer;
import org.lamella.LamellaException;

/** Gives a reader damaged files, and notes every answer that is not the project's own exception with the file's name. */
final class HostileFiles {
    /** What a reader may take whatever the file: buffers, classes loaded on the way, text of messages. */
    private static final long FREE_BYTES = 24L << 20;

    /** Bytes of heap for a byte of the file; deflate packs up to 1,032 into one, and text takes some copies of it. */
    private static final long BYTES_FOR_A_BYTE = 4 * 1032;

    private static final double LONGEST_SECONDS = 2;

    /** What Java says of the program rather than of the file. */
    private static final Pattern WORDS_OF_JAVA = Pattern.compile(
            "Cannot invoke|cannot be cast|out of bounds|\\(null\\)|newPosition|newLimit|\\b(java|io\\.jhdf)\\.");

    private final HostileReader reader;
    private final Path folder;
    private final ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final BufferPoolMXBean direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .findFirst()
            .orElseThrow();

    /** Failures by their kind, each with the number of an input that shows it. */
    final Map<String, String> failures = new TreeMap<>();

    volatile long input = -1;
    volatile long began = System.nanoTime();
    long accepted;
    long refused;
    double longestSeconds;
    long mostBytes;

    HostileFiles(HostileReader reader, Path folder) {
        this.reader = reader;
        this.folder = folder;
    }

    void run(long from, long count) throws IOException {
        for (long number = from; number < from + count; number++) {
            byte[] bytes = new Mutator(number * 0x9e3779b97f4a7c15L).mutate(reader.seeds());
            Path file = Files.write(folder.resolve(reader.name()), bytes);
            began = System.nanoTime();
            input = number;
            long before = allocated();
            try {
                reader.open().read(file);
                accepted++;
            } catch (LamellaException e) {
                refused++;
                requireMessage(e, file, number);
            } catch (Exception | StackOverflowError | OutOfMemoryError | LinkageError e) {
                note(e.getClass().getName() + " at " + place(e), number, String.valueOf(e.getMessage()));
            }
            long bytesTaken = allocated() - before;
            double seconds = (System.nanoTime() - began) * 1e-9;
            mostBytes = Math.max(mostBytes, bytesTaken);
            longestSeconds = Math.max(longestSeconds, seconds);
            if (bytesTaken > FREE_BYTES + BYTES_FOR_A_BYTE * bytes.length) {
                note("too much memory", number, "%,d bytes for a file of %,d".formatted(bytesTaken, bytes.length));
            }
            if (seconds > LONGEST_SECONDS) {
                note("too slow", number, "%.1f s".formatted(seconds));
            }
        }
    }

    private void requireMessage(LamellaException e, Path file, long number) {
        String message = String.valueOf(e.getMessage());
        if (!message.contains(file.toString()) || message.contains("\n") || message.length() > 2000) {
            note("message at " + place(e), number, message);
        }
        if (message.endsWith(": null")
                || message.endsWith(":")
                || WORDS_OF_JAVA.matcher(message).find()) {
            note("no reason at " + place(e), number, message);
        }
    }

    private void note(String kind, long number, String what) {
        failures.putIfAbsent(kind, "input %d: %s".formatted(number, what));
    }

    private long allocated() {
        return memory.getCurrentThreadAllocatedBytes() + direct.getMemoryUsed() + Pointer.totalBytes();
    }

    private static String place(Throwable e) {
        for (StackTraceElement frame : e.getStackTrace()) {
            if (!frame.getClassName().startsWith("java.")) {
                return frame.toString();
            }
        }
        return "?";
    }
}
