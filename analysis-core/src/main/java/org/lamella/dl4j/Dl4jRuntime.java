package org.lamella.dl4j;

import org.bytedeco.openblas.global.openblas_nolapack;
import org.deeplearning4j.config.DL4JSystemProperties;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** How Deeplearning4j is to work in this program. Whoever makes or opens one of its networks calls this first. */
public final class Dl4jRuntime {
    private Dl4jRuntime() {}

    /**
     * Lets the layers use oneDNN, unless the user has set the system property that decides it. It must come before the
     * first layer is made, as Deeplearning4j reads the property once. Cheap, and does not load the native library.
     */
    public static void prepare() {
        String property = DL4JSystemProperties.DISABLE_HELPER_PROPERTY;
        if (System.getProperty(property) == null) {
            System.setProperty(property, "false");
        }
    }

    /**
     * Lets what this thread runs from now on use so many threads, in ND4J's loops, in oneDNN and in OpenBLAS. OpenMP keeps the number
     * for each calling thread, so every thread that runs networks says it itself. Loads the native library.
     *
     * @param threads 0 to leave it as it is
     */
    public static void useThreads(int threads) {
        if (threads > 0) {
            Nd4j.getEnvironment().setMaxThreads(threads);
            Nd4j.getEnvironment().setMaxMasterThreads(threads);
            NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
            openblas_nolapack.blas_set_num_threads(threads);
        }
    }
}
