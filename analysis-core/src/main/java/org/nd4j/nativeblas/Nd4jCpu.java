package org.nd4j.nativeblas;

/**
 * Answers Deeplearning4j's question whether oneDNN is there.
 *
 * <p>The layers of Deeplearning4j 1.0.0-M2.1 ask, by reflection, {@code org.nd4j.nativeblas.Nd4jCpu$Environment}. In that
 * release the class moved to {@code org.nd4j.linalg.cpu.nativecpu.bindings}, so they never found it and took the slow way
 * for every convolution. This class has the name they ask for and passes the question on to where the answer is.
 */
public final class Nd4jCpu {
    private Nd4jCpu() {}

    /** Called by reflection; the method names are those of the class that moved. */
    public static final class Environment {
        private static final Environment INSTANCE = new Environment();

        private Environment() {}

        public static Environment getInstance() {
            return INSTANCE;
        }

        /** Whether the native library was built with oneDNN and oneDNN has not been switched off in it. */
        public boolean isUseMKLDNN() {
            return NativeOpsHolder.getInstance()
                            .getDeviceNativeOps()
                            .buildInfo()
                            .contains("HAVE_ONEDNN")
                    && org.nd4j.linalg.cpu.nativecpu.bindings.Nd4jCpu.Environment.getInstance()
                            .isUseONEDNN();
        }
    }
}
