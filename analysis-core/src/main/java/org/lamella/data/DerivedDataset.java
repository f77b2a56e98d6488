package org.lamella.data;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** The same examples as another data set's, their numbers prepared; each example on its own. */
abstract class DerivedDataset implements Dataset {
    /** Examples that are held between two steps: enough for all processors, few beside a batch. */
    private static final int PIECE = 32;

    private final Dataset raw;
    private final List<Integer> shape;

    /** @param shape of an example once it is prepared */
    DerivedDataset(Dataset raw, List<Integer> shape) {
        this.raw = raw;
        this.shape = List.copyOf(shape);
    }

    /** @param example as the data set beneath gives it; may be changed and given back */
    abstract float[] prepared(float[] example);

    /** What was done, in words. */
    abstract String how();

    @Override
    public String name() {
        return raw.name() + " (" + how() + ")";
    }

    @Override
    public int size() {
        return raw.size();
    }

    @Override
    public List<Integer> shape() {
        return shape;
    }

    @Override
    public void read(int[] examples, FloatBuffer into) {
        for (int from = 0; from < examples.length; from += PIECE) {
            readPiece(Arrays.copyOfRange(examples, from, Math.min(examples.length, from + PIECE)), into);
        }
    }

    private void readPiece(int[] examples, FloatBuffer into) {
        int length = raw.features();
        int prepared = features();
        int start = into.position();
        FloatBuffer numbers = FloatBuffer.allocate(Math.multiplyExact(length, examples.length));
        raw.read(examples, numbers);
        IntStream.range(0, examples.length).parallel().forEach(i -> {
            float[] example = new float[length];
            numbers.get(i * length, example);
            into.put(start + i * prepared, prepared(example));
        });
        into.position(start + examples.length * prepared);
    }

    @Override
    public OptionalInt label(int example) {
        return raw.label(example);
    }

    @Override
    public List<String> classes() {
        return raw.classes();
    }

    @Override
    public String id(int example) {
        return raw.id(example);
    }
}
