package org.lamella.measure;

/** A change of a layer's activation X (n examples × p features) that leaves a measure as it is. */
public enum Invariance {
    /** X Q with an orthogonal Q: features turned or reflected. */
    ROTATION("orthogonal maps"),
    /** a X with a number a > 0. */
    SCALE("isotropic scaling"),
    /** X + 1 cᵀ: every feature shifted by a number of its own. */
    SHIFT("shifts of features"),
    /** X A with any invertible A, which rotations and scalings of single features are too. */
    LINEAR_MAP("invertible linear maps");

    private final String words;

    Invariance(String words) {
        this.words = words;
    }

    /** In words, as in {@code orthogonal maps}. */
    @Override
    public String toString() {
        return words;
    }
}
