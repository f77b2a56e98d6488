package org.lamella.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import onnx.Onnx.TensorProto;

/** Tensors of the files that come with ONNX's operator cases. */
final class OnnxTensors {
    private OnnxTensors() {}

    /** The tensor's numbers in native memory, as ONNX Runtime takes them; empty for types that are not read here. */
    static Optional<OnnxTensor> tensor(TensorProto proto) throws OrtException {
        Optional<OnnxElement> element = OnnxElement.of(proto.getDataType());
        if (element.isEmpty()) {
            return Optional.empty();
        }
        long[] shape = proto.getDimsList().stream().mapToLong(Long::longValue).toArray();
        byte[] raw = raw(proto, element.get());
        ByteBuffer bytes = ByteBuffer.allocateDirect(raw.length)
                .order(ByteOrder.nativeOrder())
                .put(raw)
                .flip();
        return Optional.of(OnnxTensor.createTensor(
                OnnxEngine.environment(), bytes, shape, element.get().runtime()));
    }

    private static byte[] raw(TensorProto proto, OnnxElement element) {
        if (!proto.getRawData().isEmpty()) {
            return proto.getRawData().toByteArray();
        }
        int count = switch (element) {
            case FLOAT32 -> proto.getFloatDataCount();
            case FLOAT64 -> proto.getDoubleDataCount();
            case INT64 -> proto.getInt64DataCount();
            default -> proto.getInt32DataCount();
        };
        ByteBuffer bytes = ByteBuffer.allocate(count * element.bytes()).order(ByteOrder.nativeOrder());
        for (int i = 0; i < count; i++) {
            switch (element) {
                case FLOAT32 -> bytes.putFloat(proto.getFloatData(i));
                case FLOAT64 -> bytes.putDouble(proto.getDoubleData(i));
                case INT64 -> bytes.putLong(proto.getInt64Data(i));
                case INT32 -> bytes.putInt(proto.getInt32Data(i));
                case INT16, FLOAT16, BFLOAT16 -> bytes.putShort((short) proto.getInt32Data(i));
                case INT8, UINT8, BOOL -> bytes.put((byte) proto.getInt32Data(i));
            }
        }
        return bytes.array();
    }

    /** The tensor's numbers as float32; empty for types that are not read here. */
    static Optional<float[]> numbers(TensorProto proto) {
        return OnnxElement.of(proto.getDataType()).map(element -> {
            ByteBuffer bytes = ByteBuffer.wrap(raw(proto, element)).order(ByteOrder.nativeOrder());
            float[] numbers = new float[bytes.remaining() / element.bytes()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = next(bytes, element.runtime());
            }
            return numbers;
        });
    }

    /** The numbers of what the runtime returned; none if it is no tensor of numbers. */
    static float[] numbers(OnnxValue value) {
        if (!(value instanceof OnnxTensor tensor)
                || tensor.getInfo().type == OnnxJavaType.STRING
                || tensor.getInfo().type == OnnxJavaType.UNKNOWN) {
            return new float[0];
        }
        ByteBuffer bytes = tensor.getByteBuffer().order(ByteOrder.nativeOrder());
        float[] numbers = new float[bytes.remaining() / tensor.getInfo().type.size];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = next(bytes, tensor.getInfo().type);
        }
        return numbers;
    }

    private static float next(ByteBuffer bytes, OnnxJavaType type) {
        return switch (type) {
            case FLOAT -> bytes.getFloat();
            case DOUBLE -> (float) bytes.getDouble();
            case FLOAT16 -> Fp16Conversions.fp16ToFloat(bytes.getShort());
            case BFLOAT16 -> Fp16Conversions.bf16ToFloat(bytes.getShort());
            case INT64 -> bytes.getLong();
            case INT32 -> bytes.getInt();
            case INT16 -> bytes.getShort();
            case UINT8 -> bytes.get() & 0xff;
            default -> bytes.get();
        };
    }

    /** The rows along the first axis as examples; empty if there is no such axis, or nothing in it. */
    static Optional<OnnxExamples> rows(TensorProto proto) {
        List<Integer> shape = proto.getDimsList().stream().map(Math::toIntExact).toList();
        Optional<float[]> numbers = numbers(proto);
        if (shape.isEmpty() || numbers.isEmpty() || numbers.get().length == 0) {
            return Optional.empty();
        }
        float[][] rows = new float[shape.get(0)][numbers.get().length / shape.get(0)];
        for (int row = 0; row < rows.length; row++) {
            System.arraycopy(numbers.get(), row * rows[row].length, rows[row], 0, rows[row].length);
        }
        return Optional.of(new OnnxExamples(shape.subList(1, shape.size()), rows));
    }
}
