package org.lamella.benchmark;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasUpper;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_ssyrk;

import java.util.concurrent.TimeUnit;
import org.lamella.linalg.Blas;
import org.lamella.linalg.Gram;
import org.lamella.linalg.GramKernel;
import org.lamella.linalg.NativeMatrix;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Centred Gram matrices of 256 examples, beside what bounds them: {@code ssyrk} without centring, and {@code sgemm}. A Gram
 * matrix of n examples and d features counts as n² d operations, half of a full product, since it is symmetric. Two threads
 * work on matrices of their own, and their rates add.
 *
 * <pre>benchmarks/jmh Gram</pre>
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public abstract class GramBenchmark {
    private static final int EXAMPLES = 256;

    /** Operations of one Gram matrix. */
    static double operations(int features) {
        return (double) EXAMPLES * EXAMPLES * features;
    }

    /** One activation at a time. */
    @Threads(1)
    public static class OneThread extends GramBenchmark {}

    /** Two activations side by side, each on one thread. */
    @Threads(2)
    public static class TwoThreads extends GramBenchmark {}

    /** An activation, and room for its plain product. */
    @State(Scope.Thread)
    public static class Activation {
        @Param({"256", "1024", "4096", "16384", "65536"})
        int features;

        NativeMatrix values = NativeMatrix.allocate(1, 1);
        NativeMatrix product = NativeMatrix.allocate(EXAMPLES, EXAMPLES);

        @Setup
        public void fill() {
            Blas.library(); // loads it, on one thread
            values.close();
            values = RandomMatrix.of(EXAMPLES, features, 7);
        }

        @TearDown
        public void free() {
            values.close();
            product.close();
        }
    }

    /** What computes centred Gram matrices. */
    @State(Scope.Thread)
    public static class Kernel {
        final GramKernel kernel = GramKernel.fastest();
        final Gram gram = new Gram();

        @TearDown
        public void free() {
            kernel.close();
        }
    }

    /** Two matrices to multiply. */
    @State(Scope.Thread)
    public static class Square {
        final SquareProduct product = new SquareProduct(7);

        @TearDown
        public void free() {
            product.close();
        }
    }

    @Benchmark
    public Gram gram(Activation activation, Kernel kernel) {
        kernel.kernel.compute(activation.values, kernel.gram);
        return kernel.gram;
    }

    @Benchmark
    public void ssyrk(Activation activation) {
        cblas_ssyrk(
                CblasRowMajor,
                CblasUpper,
                CblasNoTrans,
                EXAMPLES,
                activation.features,
                1,
                activation.values.pointer(),
                activation.features,
                0,
                activation.product.pointer(),
                EXAMPLES);
    }

    @Benchmark
    public void sgemm(Square square) {
        square.product.multiply();
    }
}
