package org.lamella.run;

/** The matrices over all layers that {@code lamella components} writes. */
public enum ComponentMatrix {
    /** Squared cosine of the first components. */
    PC1_COSINE("pc1-cosine"),
    /** Unbiased CKA on all examples at once. */
    CKA("cka-all-examples"),
    /** The same without the first components. */
    CKA_WITHOUT_COMPONENTS("cka-without-pc1"),
    /** The same without the dominant examples. */
    CKA_WITHOUT_DOMINANT("cka-without-dominant"),
    /** The same with every example scaled to unit norm. */
    CKA_UNIT_NORM("cka-unit-norm"),
    /** What the sets of dominant examples of two layers have in common. */
    DOMINANT_OVERLAP("dominant-overlap");

    private final String stem;

    ComponentMatrix(String stem) {
        this.stem = stem;
    }

    /** The name of its files without their ending, where so many components are removed. */
    public String stem(int removed) {
        return this == CKA_WITHOUT_COMPONENTS && removed > 1 ? stem + "-" + removed : stem;
    }
}
