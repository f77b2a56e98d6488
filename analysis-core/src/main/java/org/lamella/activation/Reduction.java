package org.lamella.activation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is done to an activation before layers are compared.
 *
 * <p>A layer's shape of which one length is open (-1) is a layer of tokens: the open axis counts them, wherever it stands, and only
 * that axis is reduced. A model that has such layers hands over all others as they are. In a model without any, all axes but that of
 * the {@linkplain ActivationSource#channels channels} are; where the model does not tell which one that is, two axes are taken as tokens
 * x features, and three or more as channels x positions.
 */
public enum Reduction {
    /** Nothing: all its numbers, in a row. Texts must then have equal lengths. */
    FLATTEN,
    /** The mean over positions; over those of a text that hold a token. */
    MEAN,
    /** The first token. */
    CLS,
    /** The last token. */
    LAST;

    /**
     * The layers that cannot be reduced in this way, each with the reason.
     *
     * @param layers all that are looked at in one model
     */
    public Map<Layer, String> obstacles(List<Layer> layers) {
        Map<Layer, String> obstacles = new LinkedHashMap<>();
        if (this == FLATTEN) {
            return obstacles;
        }
        boolean tokens = followText(layers);
        for (Layer layer : layers) {
            long open = openAxes(layer);
            if (open > 1) {
                obstacles.put(
                        layer,
                        "has one number for each pair of tokens or more (%s), and --reduce %s takes one axis of tokens"
                                .formatted(print(layer), this));
            } else if (!tokens && this != MEAN && layer.shape().size() > 2) {
                obstacles.put(
                        layer, "is no sequence of tokens (%s), which --reduce %s takes".formatted(print(layer), this));
            }
        }
        return obstacles;
    }

    /** Whether there is a layer whose numbers are reduced, and not taken as they are. */
    public boolean changes(List<Layer> layers) {
        boolean tokens = followText(layers);
        return this != FLATTEN
                && layers.stream()
                        .anyMatch(layer -> TokenAxis.of(layer, tokens, ChannelOrder.UNKNOWN)
                                .isPresent());
    }

    static boolean followText(List<Layer> layers) {
        return layers.stream().anyMatch(layer -> openAxes(layer) > 0);
    }

    private static long openAxes(Layer layer) {
        return layer.shape().stream().filter(length -> length < 0).count();
    }

    static String print(Layer layer) {
        return String.join(
                " x ",
                layer.shape().stream()
                        .map(length -> length < 0 ? "?" : length.toString())
                        .toList());
    }

    /**
     * A source whose layers are reduced, on as many threads as the machine has processors.
     *
     * @throws org.lamella.LamellaException if one of them has an {@linkplain #obstacles obstacle}
     */
    public ActivationSource of(ActivationSource source) {
        return of(source, Runtime.getRuntime().availableProcessors());
    }

    /** As {@link #of(ActivationSource)}, on so many threads. */
    public ActivationSource of(ActivationSource source, int threads) {
        if (this == FLATTEN) {
            return followText(source.layers()) ? new EqualLengthSource(source) : source;
        }
        return new ReducedSource(source, this, threads);
    }

    /** As written in options and files. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
