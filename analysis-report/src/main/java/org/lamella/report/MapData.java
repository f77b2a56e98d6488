package org.lamella.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamella.activation.Layer;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.LayerId;

/**
 * What the script of the page draws from: models, their layers, and a map for every model and every pair of models.
 *
 * <p>Numbers are float32, little endian, row by row, in base64: 10.7 bytes a cell with its standard error.
 *
 * @param colours the colour map, six hexadecimal digits a colour
 */
record MapData(
        String colours,
        double low,
        double high,
        Beyond beyond,
        List<Model> models,
        List<Map> maps,
        @JsonIgnore Sources sources) {
    /** The colours of values that the colour map does not cover. */
    record Beyond(String below, String above, String undefined, String hatch) {}

    /** A model's layers, a list for each property. */
    record Model(String name, List<Integer> indices, List<String> names, List<String> kinds, List<String> shapes) {}

    /**
     * @param rows position of a model in {@link MapData#models()}
     * @param columns the same
     * @param errors absent where none is known
     */
    record Map(
            int rows, int columns, String values, @Nullable String errors) {}

    /** The maps of several matrices, each over all layers of its models. */
    static MapData of(List<CkaMatrix> matrices, double low, double high) {
        var models = new ArrayList<Model>();
        var maps = new ArrayList<Map>();
        var ranges = new ArrayList<List<Integer>>();
        for (CkaMatrix matrix : matrices) {
            int before = maps.size();
            add(matrix, models, maps);
            ranges.add(IntStream.range(before, maps.size()).boxed().toList());
        }
        return new MapData(
                Magma.TABLE,
                low,
                high,
                new Beyond(
                        hex(ColourScale.BELOW),
                        hex(ColourScale.ABOVE),
                        hex(ColourScale.UNDEFINED),
                        hex(ColourScale.UNDEFINED_HATCH)),
                models,
                maps,
                new Sources(matrices, ranges));
    }

    private static void add(CkaMatrix matrix, List<Model> models, List<Map> maps) {
        List<String> names = matrix.models();
        var positions = new ArrayList<Integer>();
        for (String name : names) {
            Model model = model(
                    name,
                    matrix.rows().stream()
                            .filter(id -> id.model().equals(name))
                            .map(LayerId::layer)
                            .toList());
            // Matrices of other examples have the same layers.
            if (!models.contains(model)) {
                models.add(model);
            }
            positions.add(models.indexOf(model));
        }
        for (int i = 0; i < names.size(); i++) {
            maps.add(map(positions.get(i), positions.get(i), matrix.between(names.get(i), names.get(i))));
        }
        for (int i = 0; i < names.size(); i++) {
            for (int j = i + 1; j < names.size(); j++) {
                maps.add(map(positions.get(i), positions.get(j), matrix.between(names.get(i), names.get(j))));
            }
        }
    }

    /** Which maps are of which matrix. */
    record Sources(List<CkaMatrix> matrices, List<List<Integer>> maps) {}

    /** The positions of the maps of a matrix. */
    List<Integer> mapsOf(CkaMatrix matrix) {
        return sources.maps().get(sources.matrices().indexOf(matrix));
    }

    private static Model model(String name, List<Layer> layers) {
        return new Model(
                Label.printable(name),
                layers.stream().map(Layer::index).toList(),
                layers.stream().map(layer -> Label.printable(layer.name())).toList(),
                layers.stream().map(layer -> Label.printable(layer.kind())).toList(),
                layers.stream().map(layer -> Numbers.shape(layer.shape())).toList());
    }

    private static Map map(int rows, int columns, CkaMatrix part) {
        int width = part.columns().size();
        int cells = part.rows().size() * width;
        boolean known =
                IntStream.range(0, cells).anyMatch(i -> !Double.isNaN(part.standardError(row(i, width), i % width)));
        return new Map(
                rows,
                columns,
                floats(cells, i -> part.value(row(i, width), i % width)),
                known ? floats(cells, i -> part.standardError(row(i, width), i % width)) : null);
    }

    private static int row(int cell, int width) {
        return cell / width;
    }

    private static String floats(int count, IntToDoubleFunction number) {
        var bytes = ByteBuffer.allocate(Math.multiplyExact(count, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putFloat((float) number.applyAsDouble(i));
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private static String hex(int rgb) {
        return String.format(Locale.ROOT, "%06x", rgb);
    }

    /** As JSON that may stand in a script element: no character in it can end the element. */
    String json() {
        try {
            return new ObjectMapper()
                    .writeValueAsString(this)
                    .replace("<", "\\u003c")
                    .replace(">", "\\u003e")
                    .replace("&", "\\u0026");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and strings are always JSON", e);
        }
    }
}
