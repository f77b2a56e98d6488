package org.lamella.similarity;

import java.util.concurrent.TimeUnit;
import org.lamella.benchmark.RandomMatrix;
import org.lamella.linalg.Blas;
import org.lamella.linalg.Gram;
import org.lamella.linalg.GramKernel;
import org.lamella.linalg.NativeMatrix;
import org.lamella.linalg.SymmetricProduct;
import org.lamella.linalg.UnitRow;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What follows the Gram matrices of a batch of 256 examples, on one thread: centring and packing, once a layer, and the product
 * of all packed layers, once a batch. The product of L rows of width w counts as L² w operations, half of a full product.
 *
 * <pre>benchmarks/jmh Hsic</pre>
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HsicBenchmark {
    private static final int EXAMPLES = 256;

    /** Operations of the product of a batch's packed layers. */
    public static double operations(int layers) {
        return (double) layers * layers * Estimator.UNBIASED.packedLength(EXAMPLES);
    }

    /** One layer's Gram matrix, and the row that its packed form goes to. */
    @State(Scope.Thread)
    public static class OneLayer {
        @Param
        Estimator estimator = Estimator.UNBIASED;

        final Gram gram = new Gram();
        NativeMatrix row = NativeMatrix.allocate(1, 1);

        @Setup
        public void fill() {
            row.close();
            row = NativeMatrix.allocate(1, estimator.packedLength(EXAMPLES));
            try (GramKernel kernel = GramKernel.fastest();
                    NativeMatrix activation = RandomMatrix.of(EXAMPLES, 1024, 7)) {
                kernel.compute(activation, gram);
            }
        }

        @TearDown
        public void free() {
            row.close();
        }
    }

    /** The packed layers of a batch. */
    @State(Scope.Thread)
    public static class Stack {
        @Param({"50", "200", "1000"})
        int layers;

        NativeMatrix rows = NativeMatrix.allocate(1, 1);
        SymmetricProduct product = new SymmetricProduct(1);
        double[] upperTriangle = {};

        @Setup
        public void fill() {
            Blas.library(); // loads it, on one thread
            free();
            rows = RandomMatrix.of(layers, Estimator.UNBIASED.packedLength(EXAMPLES), 7);
            product = new SymmetricProduct(layers);
            upperTriangle = new double[layers * (layers + 1) / 2];
        }

        @TearDown
        public void free() {
            rows.close();
            product.close();
        }
    }

    /** As for a layer of a batch: a new array, the centred triangle, a row of unit norm. */
    @Benchmark
    public double centreAndPack(OneLayer layer) {
        float[] packed = new float[layer.estimator.packedLength(EXAMPLES)];
        layer.estimator.centreAndPack(layer.gram.values(), layer.gram.rowSums(), EXAMPLES, packed);
        return UnitRow.write(packed, layer.row, 0, 0);
    }

    @Benchmark
    public double[] product(Stack stack) {
        for (int piece = 0; piece < SymmetricProduct.pieces(stack.rows); piece++) {
            stack.product.add(stack.rows, piece, stack.upperTriangle);
        }
        return stack.upperTriangle;
    }
}
