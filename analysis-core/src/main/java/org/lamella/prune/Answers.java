package org.lamella.prune;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.Layer;
import org.lamella.activation.LayerSink;
import org.lamella.linalg.NativeMatrix;

/** What a model gives for some examples: n examples × d numbers, float32. */
final class Answers {
    /** Numbers that fit an array. */
    private static final long MOST = 1L << 30;

    private final float[][] rows;

    private Answers(float[][] rows) {
        this.rows = rows;
    }

    static Answers of(float[][] rows) {
        return new Answers(rows);
    }

    /**
     * Runs a model.
     *
     * @param source of one layer
     * @param examples indices in the source's data, in the order of the answers
     */
    static Answers of(ActivationSource source, int[] examples, int batch) {
        float[][] rows = new float[examples.length][];
        for (int start = 0; start < examples.length; start += batch) {
            int first = start;
            int count = Math.min(batch, examples.length - start);
            int[] some =
                    IntStream.range(first, first + count).map(i -> examples[i]).toArray();
            LayerSink copy = (layer, activation) -> {
                require(source, examples.length * activation.columns());
                for (int i = 0; i < count; i++) {
                    rows[first + i] = row(activation, i);
                }
                return CompletableFuture.completedFuture(null);
            };
            source.forward(new Batch(start / batch, some), copy);
        }
        return new Answers(rows);
    }

    private static void require(ActivationSource source, long numbers) {
        if (numbers > MOST) {
            throw new LamellaException(
                    source.name(),
                    "its output has %,d numbers for these examples, which is too much to compare; take fewer: --examples N"
                            .formatted(numbers));
        }
    }

    private static float[] row(NativeMatrix activation, int row) {
        float[] values = new float[Math.toIntExact(activation.columns())];
        activation.readRow(row, values);
        return values;
    }

    int examples() {
        return rows.length;
    }

    /** Numbers for one example. */
    int features() {
        return rows.length == 0 ? 0 : rows[0].length;
    }

    /** The answer for one example. Not to be modified. */
    float[] row(int example) {
        return rows[example];
    }

    /** Whether every number is one. */
    boolean isFinite() {
        for (float[] row : rows) {
            for (float number : row) {
                if (!Float.isFinite(number)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The cosine of the answers of two models for one example; 1 where both are zero. */
    double cosine(Answers other, int example) {
        float[] left = rows[example];
        float[] right = other.rows[example];
        double product = 0;
        double leftSquares = 0;
        double rightSquares = 0;
        for (int i = 0; i < left.length; i++) {
            product += (double) left[i] * right[i];
            leftSquares += (double) left[i] * left[i];
            rightSquares += (double) right[i] * right[i];
        }
        return leftSquares == 0 && rightSquares == 0 ? 1 : product / Math.sqrt(leftSquares * rightSquares);
    }

    /** These answers as a layer of a model, to be compared with others. */
    ActivationSource as(String name) {
        Layer layer = new Layer(0, "output", "output", List.of(features()), 0);
        return new ActivationSource() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public List<Layer> layers() {
                return List.of(layer);
            }

            @Override
            public int examples() {
                return rows.length;
            }

            @Override
            public void forward(Batch batch, LayerSink sink) {
                try (NativeMatrix matrix = NativeMatrix.allocate(batch.size(), features())) {
                    for (int i = 0; i < batch.size(); i++) {
                        matrix.writeRow(i, rows[batch.example(i)]);
                    }
                    sink.accept(0, matrix).join();
                }
            }

            @Override
            public void close() {}
        };
    }
}
