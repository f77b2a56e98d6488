package org.lamella.prune;

/**
 * A place that looks like a unit and is not cut.
 *
 * @param name of its layer
 * @param reason in one line
 */
public record Refusal(String name, String reason) {
    @Override
    public String toString() {
        return name + ": " + reason;
    }
}
