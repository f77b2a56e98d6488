package org.lamella.dl4j;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.Layer;
import org.lamella.linalg.NativeMatrix;

/**
 * How far two sources of the same layers are apart on the same examples: of all layers, the one that is furthest, by its largest
 * difference over its largest value. Both are float32 and add in different orders, so a few units in 1e-6 are usual; what is
 * another function is far above {@link #TOLERANCE}. Each layer's inputs come from the same engine, so an error shows in the first
 * layer that has it and in all that follow: of layers that do not agree the first is told.
 *
 * @param layer the first that does not agree; else the furthest
 * @param relative infinite where one has numbers that are not finite, or the layer is zero in one source alone
 * @param examples on how many it was seen
 */
public record Agreement(String layer, double relative, int examples) {
    /** What a layer may differ by at most. */
    public static final double TOLERANCE = 1e-4;

    private static final int MOST_EXAMPLES = 32;

    /** Numbers of the first source that are kept at a time. */
    private static final long MOST_NUMBERS = 1 << 25;

    /** Whether the two compute the same. */
    public boolean holds() {
        return relative <= TOLERANCE;
    }

    /**
     * Runs both on the first examples.
     *
     * @param expected of the same layers as {@code actual}, in the same order
     */
    static Agreement between(ActivationSource expected, ActivationSource actual) {
        long numbers = expected.layers().stream().mapToLong(Layer::features).sum();
        long most = Math.min(MOST_EXAMPLES, Math.max(1, MOST_NUMBERS / Math.max(1, numbers)));
        int examples = (int) Math.min(most, expected.examples());
        Batch batch = new Batch(0, IntStream.range(0, examples).toArray());
        List<Layer> layers = expected.layers();
        float[][] kept = new float[layers.size()][];
        expected.forward(batch, (layer, activation) -> {
            kept[layer] = copy(activation);
            return CompletableFuture.completedFuture(null);
        });
        double[] relative = new double[layers.size()];
        actual.forward(batch, (layer, activation) -> {
            relative[layer] = relative(kept[layer], copy(activation));
            return CompletableFuture.completedFuture(null);
        });
        int told = IntStream.range(0, relative.length)
                .filter(layer -> !(relative[layer] <= TOLERANCE))
                .findFirst()
                .orElseGet(() -> IntStream.range(0, relative.length)
                        .reduce((some, other) -> relative[other] > relative[some] ? other : some)
                        .orElseThrow());
        return new Agreement(layers.get(told).name(), relative[told], examples);
    }

    private static float[] copy(NativeMatrix activation) {
        float[] copy = new float[Math.toIntExact(activation.rows() * activation.columns())];
        activation.pointer().get(copy);
        return copy;
    }

    private static double relative(float[] expected, float[] actual) {
        if (expected.length != actual.length) {
            return Double.POSITIVE_INFINITY;
        }
        double difference = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            if (Float.floatToIntBits(expected[i]) == Float.floatToIntBits(actual[i])) {
                size = Float.isFinite(expected[i]) ? Math.max(size, Math.abs(expected[i])) : size;
            } else if (Float.isFinite(expected[i]) && Float.isFinite(actual[i])) {
                difference = Math.max(difference, Math.abs((double) expected[i] - actual[i]));
                size = Math.max(size, Math.abs(expected[i]));
            } else {
                return Double.POSITIVE_INFINITY;
            }
        }
        return difference == 0 ? 0 : difference / size;
    }
}
