package org.lamella.similarity;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.Layer;
import org.lamella.activation.LayerSink;
import org.lamella.linalg.NativeMatrix;

/** Activations from arrays in memory: one example a row. */
public record Activations(String name, Map<String, float[][]> arrays) implements ActivationSource {
    public static Activations of(String name, Object... namesAndArrays) {
        Map<String, float[][]> arrays = new LinkedHashMap<>();
        for (int i = 0; i < namesAndArrays.length; i += 2) {
            arrays.put((String) namesAndArrays[i], (float[][]) namesAndArrays[i + 1]);
        }
        return new Activations(name, arrays);
    }

    @Override
    public List<Layer> layers() {
        List<Layer> layers = new ArrayList<>();
        arrays.forEach(
                (layer, rows) -> layers.add(new Layer(layers.size(), layer, "array", List.of(rows[0].length), 0)));
        return layers;
    }

    @Override
    public int examples() {
        return arrays.values().iterator().next().length;
    }

    @Override
    public void forward(Batch batch, LayerSink sink) {
        List<CompletableFuture<?>> futures = new ArrayList<>();
        int layer = 0;
        for (float[][] rows : arrays.values()) {
            NativeMatrix matrix = NativeMatrix.allocate(batch.size(), rows[0].length);
            for (int i = 0; i < batch.size(); i++) {
                matrix.pointer().position((long) i * rows[0].length).put(rows[batch.example(i)]);
            }
            matrix.pointer().position(0);
            futures.add(sink.accept(layer++, matrix).whenComplete((done, failure) -> matrix.close()));
        }
        CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)).join();
    }

    @Override
    public void close() {}
}
