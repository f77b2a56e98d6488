package org.lamella.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.math.BigInteger;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.FloatPointer;
import org.lamella.LamellaException;
import org.lamella.linalg.NativeMatrix;

/**
 * The memory of one tensor for a whole batch: ONNX Runtime reads the input from it or writes an output into it, and the linear
 * algebra reads it, without a copy between them.
 */
final class OnnxPinned implements AutoCloseable {
    /** The most bytes that a Java buffer over one tensor can span. */
    private static final long LARGEST = Integer.MAX_VALUE - 64L;

    private final NativeMatrix memory;
    private final List<Integer> shape;

    /**
     * New memory, all zero.
     *
     * @param name of the layer, for the message if the memory cannot be had
     * @param shape of one example, every length known
     */
    OnnxPinned(Path file, String name, int examples, List<Integer> shape) {
        this.shape = List.copyOf(shape);
        BigInteger features = shape.stream().map(BigInteger::valueOf).reduce(BigInteger.ONE, BigInteger::multiply);
        BigInteger bytes = features.multiply(BigInteger.valueOf((long) examples * Float.BYTES));
        if (bytes.compareTo(BigInteger.valueOf(LARGEST)) > 0) {
            throw new LamellaException(
                    file.toString(),
                    "layer '%s' (%s) at %,d examples needs %s, and a tensor can have no more than 2 GiB; take smaller batches"
                            .formatted(name, OnnxInput.print(shape), examples, mebibytes(bytes)));
        }
        try {
            this.memory = NativeMatrix.allocate(examples, features.longValueExact());
        } catch (OutOfMemoryError e) {
            throw new LamellaException(
                    file.toString(),
                    "no memory for layer '%s' (%s): %,d examples need %s more; take smaller batches or fewer layers"
                            .formatted(name, OnnxInput.print(shape), examples, mebibytes(bytes)),
                    e);
        }
        FloatPointer.memset(memory.pointer(), 0, bytes.longValueExact());
    }

    private static String mebibytes(BigInteger bytes) {
        return String.format(Locale.ROOT, "%,d MiB", bytes.shiftRight(20).max(BigInteger.ONE));
    }

    int examples() {
        return memory.rows();
    }

    /** The first examples, one a row. */
    NativeMatrix matrix(int examples) {
        return NativeMatrix.view(memory.pointer(), examples, memory.columns());
    }

    /** The numbers of some examples. */
    FloatBuffer values(int first, int examples) {
        FloatBuffer all = memory.pointer().asBuffer();
        int features = Math.toIntExact(memory.columns());
        return all.slice(first * features, examples * features);
    }

    /** Some examples as a tensor over this memory; the tensor is closed by the caller, the memory stays. */
    OnnxTensor tensor(int first, int examples) throws OrtException {
        return OnnxTensor.createTensor(
                OnnxEngine.environment(), values(first, examples), OnnxInput.shapeOf(examples, shape));
    }

    @Override
    public void close() {
        memory.close();
    }
}
