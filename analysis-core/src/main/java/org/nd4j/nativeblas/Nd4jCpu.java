package org.nd4j.nativeblas;

import java.util.function.Supplier;

/**
 * Answers Deeplearning4j's question whether oneDNN is there.
 *
 * <p>The layers of Deeplearning4j 1.0.0-M2.1 ask, by reflection, {@code org.nd4j.nativeblas.Nd4jCpu$Environment}. In that
 * release the class moved to {@code org.nd4j.linalg.cpu.nativecpu.bindings}, so they never found it and took the slow way
 * for every convolution. This class has the name they ask for and passes the question on to where the answer is.
 *
 * <p>Layers ask when they are made. The answer is no outside of {@link #answering}, so a network that was made by anybody else in the
 * same program, for training above all, is what it is without this class (docs/decisions/onednn.md).
 */
public final class Nd4jCpu {
    private static final ThreadLocal<Boolean> ANSWERS = ThreadLocal.withInitial(() -> false);

    private Nd4jCpu() {}

    /** Makes something whose layers are told, by this thread, whether oneDNN is there. */
    public static <T> T answering(Supplier<T> maker) {
        boolean before = ANSWERS.get();
        ANSWERS.set(true);
        try {
            return maker.get();
        } finally {
            ANSWERS.set(before);
        }
    }

    /** Called by reflection; the method names are those of the class that moved. */
    public static final class Environment {
        private static final Environment INSTANCE = new Environment();

        private Environment() {}

        public static Environment getInstance() {
            return INSTANCE;
        }

        /** Whether the native library was built with oneDNN and oneDNN has not been switched off in it. */
        public boolean isUseMKLDNN() {
            return ANSWERS.get()
                    && NativeOpsHolder.getInstance()
                            .getDeviceNativeOps()
                            .buildInfo()
                            .contains("HAVE_ONEDNN")
                    && org.nd4j.linalg.cpu.nativecpu.bindings.Nd4jCpu.Environment.getInstance()
                            .isUseONEDNN();
        }
    }
}
