package org.lamella.report;

/** A part of the page, drawn from the data of a run. */
interface Section {
    /** Whether there is anything to say. */
    default boolean isPresent() {
        return true;
    }

    void write(Html html);
}
