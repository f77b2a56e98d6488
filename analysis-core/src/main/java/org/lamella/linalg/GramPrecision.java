package org.lamella.linalg;

/** In what numbers a {@link FullGram} is summed up. Its result is float64 in any case. */
public enum GramPrecision {
    /** Products in float32 on centred features: some digits fewer than float32 has, and twice as fast. */
    FLOAT32,

    /** Everything in float64. */
    FLOAT64;

    private static final int SMALL = 512;

    /** Float64 where there are so few examples that it costs next to nothing. */
    public static GramPrecision forExamples(int n) {
        return n <= SMALL ? FLOAT64 : FLOAT32;
    }
}
