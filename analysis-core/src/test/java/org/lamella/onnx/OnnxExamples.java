package org.lamella.onnx;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.data.Dataset;
import org.lamella.linalg.NativeMatrix;

/** Random examples, and activations copied out of native memory, for the tests of ONNX checkpoints. */
final class OnnxExamples implements Dataset {
    private final List<Integer> shape;
    private final float[][] values;

    OnnxExamples(List<Integer> shape, float[][] values) {
        this.shape = shape;
        this.values = values;
    }

    /** The numbers of every example. */
    float[][] values() {
        return values;
    }

    @Override
    public List<Integer> shape() {
        return shape;
    }

    static OnnxExamples normal(int count, long seed, Integer... shape) {
        Random random = new Random(seed);
        int features = List.of(shape).stream().reduce(1, (left, right) -> left * right);
        float[][] values = new float[count][features];
        for (float[] example : values) {
            for (int i = 0; i < features; i++) {
                example[i] = (float) random.nextGaussian();
            }
        }
        return new OnnxExamples(List.of(shape), values);
    }

    @Override
    public String name() {
        return "test:normal";
    }

    @Override
    public int size() {
        return values.length;
    }

    @Override
    public void read(int[] examples, FloatBuffer into) {
        for (int example : examples) {
            into.put(values[example]);
        }
    }

    @Override
    public OptionalInt label(int example) {
        return OptionalInt.empty();
    }

    @Override
    public String id(int example) {
        return Integer.toString(example);
    }

    static Batch batch(int... examples) {
        return new Batch(0, examples);
    }

    static Batch range(int from, int to) {
        return new Batch(0, IntStream.range(from, to).toArray());
    }

    /** Every layer's activation, by layer, row and feature. */
    static List<float[][]> activations(ActivationSource source, Batch batch) {
        List<float[][]> layers = new ArrayList<>();
        source.forward(batch, (layer, activation) -> {
            if (layer != layers.size()) {
                throw new IllegalStateException("layer " + layer + " out of turn");
            }
            layers.add(copy(activation));
            return CompletableFuture.completedFuture(null);
        });
        return layers;
    }

    static float[][] copy(NativeMatrix matrix) {
        int columns = (int) matrix.columns();
        float[][] rows = new float[matrix.rows()][columns];
        for (int row = 0; row < rows.length; row++) {
            matrix.pointer().getPointer((long) row * columns).get(rows[row]);
        }
        return rows;
    }
}
