package org.lamella.dl4j;

import java.util.function.Supplier;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.deeplearning4j.config.DL4JSystemProperties;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.nd4j.nativeblas.Nd4jCpu;

/** How Deeplearning4j is to work in this program. */
public final class Dl4jRuntime {
    private Dl4jRuntime() {}

    /**
     * Makes a network whose layers use oneDNN where there is one, unless the user has set the system property that decides it. Only for
     * networks that are run by {@link Dl4jNetwork}, or have their channels first: oneDNN, as Deeplearning4j's layers call it, misreads
     * channels-last arrays that are not in the order of their axes, and those come up whenever such a network is trained. A network that
     * is made in any other way goes the plain way.
     */
    public static <T> T withOneDnn(Supplier<T> maker) {
        String property = DL4JSystemProperties.DISABLE_HELPER_PROPERTY;
        if (System.getProperty(property) == null) {
            System.setProperty(property, "false");
        }
        return Nd4jCpu.answering(maker);
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
