package org.lamella.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;
import org.lamella.linalg.NativeMatrix;

/** The values of a graph's inputs for one batch, in memory that is kept from batch to batch and grows as it must. */
final class OnnxBatch implements AutoCloseable {
    private final String where;
    private final Map<String, Values> inputs = new LinkedHashMap<>();
    private int rows;

    /** @param where what error messages call the model */
    OnnxBatch(String where) {
        this.where = where;
    }

    /** One input's values. */
    private static final class Values {
        private final OnnxElement element;
        private BytePointer memory = new BytePointer();
        private long capacity;
        private List<Integer> shape = List.of();
        private int rowBytes;
        /** Whether it has no examples along its first axis, and is given as it is with whatever rows of the others. */
        private boolean whole;

        Values(OnnxElement element) {
            this.element = element;
        }

        ByteBuffer rows(int first, int count) {
            ByteBuffer rows = memory.getPointer(BytePointer.class, (long) first * rowBytes)
                    .capacity((long) count * rowBytes)
                    .asByteBuffer();
            return rows.order(ByteOrder.nativeOrder());
        }

        OnnxTensor tensor(int first, int count) throws OrtException {
            long[] lengths =
                    whole ? shape.stream().mapToLong(Integer::longValue).toArray() : OnnxInput.shapeOf(count, shape);
            return OnnxTensor.createTensor(
                    OnnxEngine.environment(), whole ? rows(0, 1) : rows(first, count), lengths, element.runtime());
        }
    }

    /** Begins a batch of so many rows. What is not written has arbitrary numbers that the input's type has. */
    void begin(int count) {
        rows = count;
    }

    /**
     * The memory of an input for this batch, row after row, in native byte order, at its beginning.
     *
     * @param shape of one example in this batch, every length known
     */
    ByteBuffer take(OnnxInput input, List<Integer> shape) {
        Values values = reserve(input, rows, shape);
        values.whole = false;
        return values.rows(0, rows);
    }

    /**
     * The memory of an input that does not have examples along its first axis.
     *
     * @param shape of the whole input, every length known
     */
    ByteBuffer takeWhole(OnnxInput input, List<Integer> shape) {
        Values values = reserve(input, 1, shape);
        values.whole = true;
        return values.rows(0, 1);
    }

    private Values reserve(OnnxInput input, int count, List<Integer> shape) {
        Values values = inputs.computeIfAbsent(input.name(), name -> new Values(input.elementToFeed()));
        String what = "input '" + input.name() + "'";
        long bytes = OnnxMemory.bytes(where, what, count, shape, values.element.bytes());
        if (bytes > values.capacity) {
            values.memory.close();
            values.capacity = 0;
            values.memory = OnnxMemory.allocate(where, what, bytes);
            values.capacity = bytes;
            BytePointer.memset(values.memory, 0, bytes);
        }
        values.shape = List.copyOf(shape);
        values.rowBytes = Math.toIntExact(bytes / count);
        return values;
    }

    /** The shape of one example of each input in this batch. */
    Map<String, List<Integer>> shapes() {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        inputs.forEach((name, values) -> shapes.put(name, values.shape));
        return shapes;
    }

    /** Bytes of memory held. */
    long bytes() {
        return inputs.values().stream().mapToLong(values -> values.capacity).sum();
    }

    /** Some rows of every input, over this memory; the caller closes the tensors, the memory stays. */
    Map<String, OnnxTensor> tensors(int first, int count) throws OrtException {
        Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, Values> input : inputs.entrySet()) {
                tensors.put(input.getKey(), input.getValue().tensor(first, count));
            }
            return tensors;
        } catch (OrtException | RuntimeException e) {
            OnnxValue.close(tensors);
            throw e;
        }
    }

    /** The first rows of a float32 input, which are a layer as they are. */
    NativeMatrix matrix(String input, int count) {
        @Nullable Values values = inputs.get(input);
        if (values == null || values.element != OnnxElement.FLOAT32) {
            throw new IllegalStateException(input + " is no float32 input");
        }
        return NativeMatrix.view(new FloatPointer(values.memory), count, values.rowBytes / Float.BYTES);
    }

    @Override
    public void close() {
        inputs.values().forEach(values -> values.memory.close());
        inputs.clear();
    }
}
