package org.lamella.run;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.ChannelOrder;
import org.lamella.activation.Layer;
import org.lamella.similarity.LayerId;

/**
 * What a layer makes of one image: a picture for each channel.
 */
public final class FeatureMap {
    private final LayerId layer;
    private final int example;
    private final String id;
    private final int channels;
    private final int height;
    private final int width;
    private final float[] values;

    private FeatureMap(LayerId layer, int example, String id, int channels, int height, int width, float[] values) {
        this.layer = layer;
        this.example = example;
        this.id = id;
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.values = values;
    }

    /** The layer. */
    public LayerId layer() {
        return layer;
    }

    /** The example's position in the data. */
    public int example() {
        return example;
    }

    /** What the user knows the example by. */
    public String id() {
        return id;
    }

    /** Number of pictures. */
    public int channels() {
        return channels;
    }

    /** Of a picture. */
    public int height() {
        return height;
    }

    /** Of a picture. */
    public int width() {
        return width;
    }

    /** The numbers, channels x height x width, whatever the layer's own order. Not a copy. */
    public float[] values() {
        return values;
    }

    /** Which ones are wanted: every layer named with every example named. */
    record Wanted(List<String> layers, List<String> examples) {
        boolean isEmpty() {
            return layers.isEmpty();
        }
    }

    /** @throws LamellaException if a layer or an example is not there, or a layer's activation is no picture */
    static List<FeatureMap> of(List<ActivationSource> sources, Wanted wanted, KnownExamples examples) {
        int[] chosen =
                wanted.examples().stream().mapToInt(id -> example(id, examples)).toArray();
        List<FeatureMap> maps = new ArrayList<>();
        for (ActivationSource source : sources) {
            List<Layer> layers = source.layers();
            int[] places = IntStream.range(0, layers.size())
                    .filter(i -> wanted.layers().contains(layers.get(i).name())
                            || wanted.layers()
                                    .contains(
                                            source.name() + "/" + layers.get(i).name()))
                    .toArray();
            if (places.length > 0) {
                maps.addAll(of(source, places, chosen, examples));
            }
        }
        for (String layer : wanted.layers()) {
            if (maps.stream()
                    .noneMatch(map -> map.layer().name().equals(layer)
                            || map.layer().toString().equals(layer))) {
                throw new LamellaException("--maps " + layer, "there is no such layer among those analysed");
            }
        }
        return maps;
    }

    private static int example(String id, KnownExamples examples) {
        for (int i = 0; i < examples.size(); i++) {
            if (examples.id(i).equals(id)) {
                return i;
            }
        }
        if (id.matches("\\d{1,9}") && Integer.parseInt(id) < examples.size()) {
            return Integer.parseInt(id);
        }
        throw new LamellaException(
                "--example " + id,
                "there is no such example; name one as dominant.csv does, or by its position from 0 to %d"
                        .formatted(examples.size() - 1));
    }

    private static List<FeatureMap> of(ActivationSource source, int[] places, int[] examples, KnownExamples known) {
        for (int place : places) {
            shape(source, source.layers().get(place));
        }
        FeatureMap[][] found = new FeatureMap[places.length][examples.length];
        source.forward(new Batch(0, examples), (layer, activation) -> {
            int to = java.util.Arrays.binarySearch(places, layer);
            for (int i = 0; to >= 0 && i < examples.length; i++) {
                float[] values = new float[Math.toIntExact(activation.columns())];
                activation.readRow(i, values);
                Layer named = source.layers().get(layer);
                found[to][i] = of(
                        new LayerId(source.name(), named.at(layer)),
                        examples[i],
                        known.id(examples[i]),
                        shape(source, named),
                        source.channels(layer),
                        FloatBuffer.wrap(values));
            }
            return CompletableFuture.completedFuture(null);
        });
        return java.util.Arrays.stream(found).flatMap(java.util.Arrays::stream).toList();
    }

    /** Lengths of the axes, if there are three that are known. */
    private static List<Integer> shape(ActivationSource source, Layer layer) {
        List<Integer> shape = layer.shape();
        if (shape.size() != 3 || shape.contains(-1)) {
            throw new LamellaException(
                    "--maps " + source.name() + "/" + layer.name(),
                    "its activation is %s, and a feature map needs channels, height and width".formatted(shape));
        }
        return shape;
    }

    /**
     * Channels come where the model says that they do; where it does not, as stored activations, last if the first two lengths are equal
     * and the third is not, as in 28 x 28 x 16.
     */
    private static FeatureMap of(
            LayerId layer, int example, String id, List<Integer> shape, ChannelOrder channelOrder, FloatBuffer values) {
        boolean looksLast = shape.get(0).equals(shape.get(1)) && !shape.get(1).equals(shape.get(2));
        boolean last = channelOrder == ChannelOrder.UNKNOWN ? looksLast : channelOrder == ChannelOrder.LAST;
        if (!last) {
            return new FeatureMap(layer, example, id, shape.get(0), shape.get(1), shape.get(2), values.array());
        }
        int places = shape.get(0) * shape.get(1);
        int channels = shape.get(2);
        float[] turned = new float[places * channels];
        for (int i = 0; i < turned.length; i++) {
            turned[i] = values.get(i % places * channels + i / places);
        }
        return new FeatureMap(layer, example, id, channels, shape.get(0), shape.get(1), turned);
    }
}
