package org.lamella.keras;

import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.array.Hdf5File;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The layout of a Keras HDF5 file: the attribute {@code model_config} is the structure in JSON, and the group {@code
 * model_weights} has a group for each layer, whose attribute {@code weight_names} lists data sets in it.
 */
final class KerasArchive {
    private static final String STRUCTURE = "model_config";
    private static final String WEIGHTS = "model_weights";
    private static final String LAYER_NAMES = "layer_names";
    private static final String WEIGHT_NAMES = "weight_names";

    /** What deflate can shrink a byte to at most, so that a header cannot claim more than the file could hold. */
    private static final long DEFLATE_LIMIT = 1032;

    /** What an HDF5 file holds, as far as Keras is concerned. */
    enum Content {
        MODEL,
        WEIGHTS_ALONE,
        OTHER
    }

    private final Path path;
    private final Hdf5File file;

    private KerasArchive(Path path, Hdf5File file) {
        this.path = path;
        this.file = file;
    }

    /** Opens a file for as long as the reading lasts. */
    static <T> T read(Path path, Function<KerasArchive, T> reader) {
        try (Hdf5File file = Hdf5File.open(path)) {
            return reader.apply(new KerasArchive(path, file));
        } catch (LamellaException e) {
            throw e;
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw new LamellaException(path.toString(), "is a damaged or unusual HDF5 file: " + Hdf5File.reason(e), e);
        } catch (OutOfMemoryError e) { // a damaged length of a part, for which the reader asks the heap
            throw new LamellaException(
                    path.toString(), "has parts that are said to be larger than memory; it may be damaged", e);
        }
    }

    Content content() {
        if (file.root().getAttributes().containsKey(STRUCTURE)) {
            return Content.MODEL;
        }
        return file.root().getAttributes().containsKey(LAYER_NAMES) ? Content.WEIGHTS_ALONE : Content.OTHER;
    }

    String structure() {
        return text(file.root(), STRUCTURE)
                .orElseThrow(() -> new LamellaException(path.toString(), "its attribute model_config is not a text"));
    }

    /** An attribute of the file, or of the group of weights, where older versions have it. */
    Optional<String> text(String attribute) {
        Optional<String> own = text(file.root(), attribute);
        return own.isPresent() || !(file.root().getChild(WEIGHTS) instanceof Group weights)
                ? own
                : text(weights, attribute);
    }

    private Optional<String> text(Node node, String attribute) {
        return value(node.getAttributes().get(attribute)) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private @Nullable Object value(@Nullable Attribute attribute) {
        if (attribute != null) {
            requireRoomFor(attribute.getDimensionsAsLong());
        }
        return attribute == null ? null : attribute.getData();
    }

    /**
     * The weights of a layer by their path below the layer's group; none if the file has none for it. Arrays are the caller's to
     * close.
     */
    Map<String, INDArray> weights(String layer) {
        Node group = below(file.root().getChild(WEIGHTS) instanceof Group weights ? weights : file.root(), layer);
        Map<String, INDArray> arrays = new HashMap<>();
        if (group instanceof Group own) {
            for (String name : names(own)) {
                if (!(below(own, name) instanceof Dataset data)) {
                    throw new LamellaException(path.toString(), "layer %s has no weights '%s'".formatted(layer, name));
                }
                arrays.put(name, array(layer + "/" + name, data));
            }
        }
        return arrays;
    }

    /** Names may have slashes in them, and are then groups in groups. */
    private static @Nullable Node below(Group group, String name) {
        Node node = group;
        for (String part : name.split("/", -1)) {
            node = node instanceof Group parent ? parent.getChild(part) : null;
        }
        return node;
    }

    /** Lists that are too long for one attribute are cut in numbered parts. */
    private List<String> names(Group group) {
        Map<String, Attribute> attributes = group.getAttributes();
        List<String> names = new ArrayList<>(texts(attributes.get(WEIGHT_NAMES)));
        for (int part = 0; attributes.containsKey(WEIGHT_NAMES + part); part++) {
            names.addAll(texts(attributes.get(WEIGHT_NAMES + part)));
        }
        return names;
    }

    private List<String> texts(@Nullable Attribute attribute) {
        return value(attribute) instanceof String[] texts ? Arrays.asList(texts) : List.of();
    }

    /** @throws LamellaException if so many weights cannot be in the file */
    void requireRoomFor(long numbers) {
        if (numbers < 0 || numbers > Math.multiplyExact(file.size(), DEFLATE_LIMIT) || numbers > Integer.MAX_VALUE) {
            throw new LamellaException(
                    path.toString(), "says that it has %,d weights or names, more than it can hold".formatted(numbers));
        }
    }

    private void requireRoomFor(long[] shape) {
        requireRoomFor(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    }

    private INDArray array(String name, Dataset data) {
        long[] shape = data.getDimensionsAsLong();
        requireRoomFor(shape);
        file.requireSensible(path + ", weights " + name, data);
        Object values = data.getDataFlat();
        if (values instanceof float[] floats) {
            return Nd4j.create(floats, shape, 'c');
        }
        if (values instanceof double[] doubles) {
            float[] floats = new float[doubles.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) doubles[i];
            }
            return Nd4j.create(floats, shape, 'c');
        }
        throw new LamellaException(
                path.toString(),
                "the weights %s are of type %s, which is not read".formatted(name, data.getJavaType()));
    }

    static String firstLine(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        String message = innermost.getMessage();
        return message == null || message.isBlank()
                ? innermost.getClass().getSimpleName()
                : message.replaceFirst(" For more information, see https?://\\S+", "")
                        .strip()
                        .lines()
                        .findFirst()
                        .orElseThrow();
    }
}
