package org.lamella.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.StoredActivations;
import org.lamella.array.Float32Archive;
import org.lamella.array.NpzWriter;
import org.lamella.linalg.NativeMatrix;
import org.lamella.similarity.BatchPlan;
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
import org.openjdk.jmh.infra.Blackhole;

/**
 * Stored activations of 50 layers, 1,024 examples and 256 features from the page cache: opening the archive, and reading it
 * once in batches. Numbers of float32 are read where they lie in the file, those of float64 are converted first.
 *
 * <pre>benchmarks/jmh Npz</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class NpzBenchmark {
    private static final int LAYERS = 50;
    private static final int EXAMPLES = 1024;
    private static final int FEATURES = 256;

    /** How the numbers are stored. */
    public enum Numbers {
        FLOAT32 {
            @Override
            void write(Path file) throws IOException {
                float[] values = new float[EXAMPLES * FEATURES];
                for (int i = 0; i < values.length; i++) {
                    values[i] = i;
                }
                try (var archive = new Float32Archive(file)) {
                    for (int layer = 0; layer < LAYERS; layer++) {
                        archive.add("layer" + layer, values, EXAMPLES, FEATURES);
                    }
                }
            }
        },
        FLOAT64 {
            @Override
            void write(Path file) throws IOException {
                double[] values = new double[EXAMPLES * FEATURES];
                for (int i = 0; i < values.length; i++) {
                    values[i] = i;
                }
                try (var archive = new NpzWriter(Files.newOutputStream(file))) {
                    for (int layer = 0; layer < LAYERS; layer++) {
                        archive.add("layer" + layer, values, EXAMPLES, FEATURES);
                    }
                }
            }
        };

        abstract void write(Path file) throws IOException;
    }

    @Param
    Numbers numbers = Numbers.FLOAT32;

    private Path file = Path.of("activations.npz");

    @Setup
    public void write() throws IOException {
        file = Files.createTempFile("lamella-", ".npz");
        numbers.write(file);
    }

    @TearDown
    public void delete() throws IOException {
        Files.delete(file);
    }

    @Benchmark
    public int open() {
        try (var stored = StoredActivations.open(file, "model")) {
            return stored.layers().size();
        }
    }

    @Benchmark
    public void openAndRead(Blackhole seen) {
        var plan = new BatchPlan(EXAMPLES, 256, 1, 0);
        float[] row = new float[FEATURES];
        try (var stored = StoredActivations.open(file, "model");
                ActivationSource source = stored.source(stored.layers())) {
            for (int number = 0; number < plan.batches(); number++) {
                source.forward(plan.batch(number), (layer, activation) -> {
                    readRows(activation, row, seen);
                    return CompletableFuture.completedFuture(layer);
                });
            }
        }
    }

    private static void readRows(NativeMatrix activation, float[] row, Blackhole seen) {
        for (int i = 0; i < activation.rows(); i++) {
            activation.readRow(i, row);
            seen.consume(row);
        }
    }
}
