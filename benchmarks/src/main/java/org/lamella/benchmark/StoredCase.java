package org.lamella.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.lamella.array.Float32Archive;

/**
 * Activations to compare: a signal of a few dimensions that drifts from layer to layer, mapped at random into every layer's
 * features, with noise, and with what is negative cut to zero as after a ReLU.
 *
 * @param examples in a batch
 */
record StoredCase(int layers, int examples, int features, int batches) {
    private static final int SIGNAL = 16;
    private static final double NOISE = 0.5;
    /** How much of the signal goes from one layer to the next: neighbours are alike, the ends of 50 layers hardly. */
    private static final double KEPT = 0.95;

    /** Writes the same numbers at every call. */
    Path write(Path file) throws IOException {
        var random = new SplittableRandom(7);
        int rows = examples * batches;
        float[] signal = normal(random, rows * SIGNAL);
        try (var archive = new Float32Archive(file)) {
            for (int layer = 0; layer < layers; layer++) {
                archive.add("layer%03d".formatted(layer), activation(random, signal), rows, features);
                drift(random, signal);
            }
        }
        return file;
    }

    private float[] activation(SplittableRandom random, float[] signal) {
        float[] map = normal(random, SIGNAL * features);
        float[] values = new float[signal.length / SIGNAL * features];
        float[] row = new float[features];
        for (int i = 0; i < signal.length / SIGNAL; i++) {
            for (int j = 0; j < features; j++) {
                row[j] = (float) (NOISE * random.nextGaussian());
            }
            for (int k = 0; k < SIGNAL; k++) {
                float part = signal[i * SIGNAL + k] / SIGNAL;
                for (int j = 0; j < features; j++) {
                    row[j] += part * map[k * features + j];
                }
            }
            for (int j = 0; j < features; j++) {
                values[i * features + j] = Math.max(0, row[j]);
            }
        }
        return values;
    }

    private static void drift(SplittableRandom random, float[] signal) {
        for (int i = 0; i < signal.length; i++) {
            signal[i] = (float) (KEPT * signal[i] + Math.sqrt(1 - KEPT * KEPT) * random.nextGaussian());
        }
    }

    private static float[] normal(SplittableRandom random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
