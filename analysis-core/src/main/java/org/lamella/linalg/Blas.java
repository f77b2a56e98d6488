package org.lamella.linalg;

import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.jspecify.annotations.Nullable;

/**
 * The native BLAS, loaded at the first use of this class and never before.
 *
 * <p>OpenBLAS is kept on one thread: the work is spread over layers, which scales better than one product spread over
 * threads (two layers side by side reach 1.3 times the rate of one layer on two threads).
 */
public final class Blas {
    static final int ROW_MAJOR = openblas_nolapack.CblasRowMajor;
    static final int NO_TRANSPOSE = openblas_nolapack.CblasNoTrans;
    static final int TRANSPOSE = openblas_nolapack.CblasTrans;
    static final int UPPER = openblas_nolapack.CblasUpper;

    /** Kernels for processors older than AVX2: several times slower than what a current machine can do. */
    private static final List<String> SLOW_KERNELS = List.of(
            "PRESCOTT", "CORE2", "NEHALEM", "SANDYBRIDGE", "BARCELONA", "BULLDOZER", "PILEDRIVER", "STEAMROLLER");

    private static final List<String> FAST_KERNELS =
            List.of("HASWELL", "ZEN", "EXCAVATOR", "SKYLAKEX", "COOPERLAKE", "SAPPHIRERAPIDS");

    static {
        Loader.load(openblas_nolapack.class);
        oneThread();
    }

    private Blas() {}

    /**
     * Takes OpenBLAS back to one thread; another user of the same library in this process may have changed it. Costs a
     * hundred microseconds, in which symbols are looked up.
     */
    public static void oneThread() {
        openblas_nolapack.blas_set_num_threads(1);
    }

    /** Name of the library. */
    public static String library() {
        return "OpenBLAS";
    }

    /** The library's version. */
    public static String version() {
        return openblas_nolapack.OPENBLAS_VERSION.replace("OpenBLAS", "").strip();
    }

    /** The processor type whose kernels run, in the library's words; null if it was built for one type only. */
    public static @Nullable String kernel() {
        Pointer chosen = Loader.addressof("gotoblas");
        if (chosen == null) {
            return null;
        }
        long table = new LongPointer(chosen).get();
        return Stream.concat(FAST_KERNELS.stream(), SLOW_KERNELS.stream())
                .filter(name -> isAt(name, table))
                .findFirst()
                .orElse(null);
    }

    // OpenBLAS exports one table of kernels per processor type and a pointer to the chosen one.
    private static boolean isAt(String name, long table) {
        Pointer address = Loader.addressof("gotoblas_" + name);
        return address != null && address.address() == table;
    }

    /** Whether the kernels that run are those of a processor long gone, so that products are several times slower. */
    public static boolean isSlow() {
        String kernel = kernel();
        return kernel != null && SLOW_KERNELS.contains(kernel);
    }
}
