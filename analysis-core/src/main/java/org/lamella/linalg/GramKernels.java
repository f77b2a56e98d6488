package org.lamella.linalg;

/** Chooses what computes Gram matrices. */
public enum GramKernels {
    /** BLAS: at full speed from the first call on. */
    BLAS {
        @Override
        public GramKernel create() {
            return new BlasGramKernel();
        }
    };

    /** A new kernel for one thread, to be closed by who asked for it. */
    public abstract GramKernel create();
}
