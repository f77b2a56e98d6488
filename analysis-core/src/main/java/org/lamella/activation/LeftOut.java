package org.lamella.activation;

/**
 * Something in a model's file that is not a layer, kept so that nothing is dropped without a word.
 *
 * @param name as for a layer
 * @param kind what computes it
 * @param reason why it is not a layer
 */
public record LeftOut(String name, String kind, String reason) {
    @Override
    public String toString() {
        return "'%s' (%s): %s".formatted(name, kind, reason);
    }
}
