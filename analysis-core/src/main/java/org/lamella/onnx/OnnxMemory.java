package org.lamella.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.lamella.LamellaException;
import org.lamella.activation.Layer;
import org.lamella.linalg.NativeMatrix;

/**
 * The memory of some layers for a whole batch: ONNX Runtime writes its outputs into it, and the linear algebra reads them, without a
 * copy between them. It is one block, kept from batch to batch and from pass to pass, that grows as it must.
 */
final class OnnxMemory implements AutoCloseable {
    /** The most bytes that a Java buffer over one tensor can span. */
    private static final long LARGEST = Integer.MAX_VALUE - 64L;

    /** Where a layer may begin: the lines of the cache, and the widest vectors. */
    private static final long ALIGNMENT = 64;

    private final String where;
    private BytePointer block = new BytePointer();
    private long capacity;
    private List<Layer> layers = List.of();
    private long[] offsets = new long[0];

    /** @param where what error messages call the model */
    OnnxMemory(String where) {
        this.where = where;
    }

    /**
     * Makes room for other layers; what was there is lost.
     *
     * @param arranged every length of their shapes known
     * @param bytes of each
     */
    void arrange(List<Layer> arranged, List<Long> bytes) {
        layers = List.copyOf(arranged);
        offsets = new long[layers.size()];
        long end = 0;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = end;
            end += bytes.get(i);
        }
        if (end > capacity) {
            close();
            String what = "layers '%s' to '%s'"
                    .formatted(
                            layers.get(0).name(), layers.get(offsets.length - 1).name());
            block = allocate(where, what, end);
            capacity = end;
        }
    }

    private FloatPointer floats(int layer, int first) {
        long features = layers.get(layer).features();
        return new FloatPointer(
                block.getPointer(BytePointer.class, offsets[layer] + (long) first * features * Float.BYTES));
    }

    /** The first rows of a layer. */
    NativeMatrix matrix(int layer, int rows) {
        return NativeMatrix.view(floats(layer, 0), rows, layers.get(layer).features());
    }

    /** Some rows of a layer as a tensor over this memory; the tensor is closed by the caller, the memory stays. */
    OnnxTensor tensor(int layer, int first, int rows) throws OrtException {
        Layer of = layers.get(layer);
        long numbers = rows * of.features();
        if (numbers * Float.BYTES > LARGEST) {
            throw tooLarge(where, "layer '" + of.name() + "'", rows, of.shape(), mebibytes(numbers * Float.BYTES));
        }
        return OnnxTensor.createTensor(
                OnnxEngine.environment(),
                floats(layer, first).capacity(numbers).asBuffer(),
                OnnxInput.shapeOf(rows, of.shape()));
    }

    @Override
    public void close() {
        block.close();
        capacity = 0;
    }

    /** Bytes that a layer takes, every length of its shape known. */
    static long bytes(String where, Layer layer, int rows) {
        BigInteger bytes = product(rows, layer.shape(), Float.BYTES);
        if (bytes.bitLength() > 48) {
            throw tooLarge(where, "layer '" + layer.name() + "'", rows, layer.shape(), "more than any machine has");
        }
        return (bytes.longValueExact() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Bytes of one tensor, which may have no more than a Java buffer can span. */
    static long bytes(String where, String what, int rows, List<Integer> shape, int elementBytes) {
        BigInteger bytes = product(rows, shape, elementBytes);
        if (bytes.compareTo(BigInteger.valueOf(LARGEST)) > 0) {
            throw tooLarge(
                    where,
                    what,
                    rows,
                    shape,
                    mebibytes(bytes.min(BigInteger.valueOf(Long.MAX_VALUE >> 1)).longValueExact()));
        }
        return bytes.longValueExact();
    }

    private static BigInteger product(int rows, List<Integer> shape, int elementBytes) {
        return shape.stream()
                .map(BigInteger::valueOf)
                .reduce(BigInteger.valueOf((long) rows * elementBytes), BigInteger::multiply);
    }

    private static LamellaException tooLarge(String where, String what, int rows, List<Integer> shape, String need) {
        return new LamellaException(
                where,
                "%s (%s) at %,d examples needs %s, and a tensor can have no more than 2 GiB; take smaller batches"
                        .formatted(what, OnnxInput.print(shape), rows, need));
    }

    static BytePointer allocate(String where, String what, long bytes) {
        try {
            return new BytePointer(bytes);
        } catch (OutOfMemoryError e) {
            throw new LamellaException(
                    where,
                    "no memory for %s: %s more are needed; take smaller batches, fewer layers or a smaller --memory"
                            .formatted(what, mebibytes(bytes)),
                    e);
        }
    }

    static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%,d MiB", Math.max(1, (bytes + (1 << 20) - 1) >> 20));
    }
}
