package org.lamella.samples;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.data.Dataset;
import org.lamella.model.Dl4jCheckpoint;

/** Three kinds of 8 × 8 images in noise: a bar down, a bar across, a square. */
public record Shapes(int size) implements Dataset {
    @Override
    public String name() {
        return "shapes";
    }

    @Override
    public List<Integer> shape() {
        return List.of(1, 8, 8);
    }

    @Override
    public void read(int[] examples, FloatBuffer into) {
        for (int example : examples) {
            Random random = new Random(example);
            int place = 1 + random.nextInt(5);
            for (int i = 0; i < 64; i++) {
                int row = i / 8;
                int column = i % 8;
                boolean inside = switch (example % 3) {
                    case 0 -> column / 2 == place / 2;
                    case 1 -> row / 2 == place / 2;
                    default -> Math.abs(row - place) < 2 && Math.abs(column - place) < 2;
                };
                into.put(Math.round(255 * (0.6f * (inside ? 1 : 0) + 0.4f * random.nextFloat())) / 255f);
            }
        }
    }

    @Override
    public OptionalInt label(int example) {
        return OptionalInt.of(example % 3);
    }

    @Override
    public String id(int example) {
        return "s" + example;
    }

    /** Writes shapes as gzipped IDX files, {@code NAME-images.gz} and {@code NAME-labels.gz}. */
    public static void write(Path directory, String name, int size) throws IOException {
        SampleImages.write(
                new Shapes(size),
                IntStream.range(0, size).toArray(),
                directory.resolve(name + "-images.gz"),
                directory.resolve(name + "-labels.gz"));
    }

    /** Share of the examples whose class the layer {@code logits} of a checkpoint names. */
    public static double accuracy(Dl4jCheckpoint checkpoint, Dataset data) {
        int[] right = {0};
        var logits = checkpoint.layers().stream()
                .filter(layer -> layer.name().equals("logits"))
                .toList();
        try (ActivationSource source = checkpoint.on(data, logits)) {
            int classes = source.layers().get(0).shape().get(0);
            int[] all = IntStream.range(0, data.size()).toArray();
            source.forward(new Batch(0, all), (layer, activation) -> {
                for (int example = 0; example < data.size(); example++) {
                    int best = 0;
                    for (int each = 1; each < classes; each++) {
                        if (activation.pointer().get((long) example * classes + each)
                                > activation.pointer().get((long) example * classes + best)) {
                            best = each;
                        }
                    }
                    right[0] += best == data.label(example).orElseThrow() ? 1 : 0;
                }
                return CompletableFuture.completedFuture(null);
            });
        }
        return (double) right[0] / data.size();
    }
}
