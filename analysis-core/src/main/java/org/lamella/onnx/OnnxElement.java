package org.lamella.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import onnx.Onnx.TensorProto.DataType;

/** The types of numbers that a graph's inputs may have. */
enum OnnxElement {
    FLOAT32(DataType.FLOAT, OnnxJavaType.FLOAT, 0),
    FLOAT64(DataType.DOUBLE, OnnxJavaType.DOUBLE, 0),
    FLOAT16(DataType.FLOAT16, OnnxJavaType.FLOAT16, 0),
    BFLOAT16(DataType.BFLOAT16, OnnxJavaType.BFLOAT16, 0),
    INT64(DataType.INT64, OnnxJavaType.INT64, 63),
    INT32(DataType.INT32, OnnxJavaType.INT32, 31),
    INT16(DataType.INT16, OnnxJavaType.INT16, 15),
    INT8(DataType.INT8, OnnxJavaType.INT8, 7),
    UINT8(DataType.UINT8, OnnxJavaType.UINT8, 8),
    BOOL(DataType.BOOL, OnnxJavaType.BOOL, 1);

    private final DataType declared;
    private final OnnxJavaType runtime;
    /** Bits of the largest whole number; 0 for floating-point types. */
    private final int bits;

    OnnxElement(DataType declared, OnnxJavaType runtime, int bits) {
        this.declared = declared;
        this.runtime = runtime;
        this.bits = bits;
    }

    /** The type that a file declares by number; empty for one that cannot be fed. */
    static Optional<OnnxElement> of(int declared) {
        return Arrays.stream(values())
                .filter(element -> element.declared.getNumber() == declared)
                .findFirst();
    }

    static boolean isFloating(OnnxJavaType type) {
        return switch (type) {
            case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> true;
            default -> false;
        };
    }

    boolean isFloating() {
        return bits == 0;
    }

    OnnxJavaType runtime() {
        return runtime;
    }

    int bytes() {
        return runtime.size;
    }

    /** Whether the type has the number: whole numbers must be whole and in its range, true and false are 1 and 0. */
    boolean has(float value) {
        if (bits == 0) {
            return true;
        }
        boolean unsigned = this == UINT8 || this == BOOL;
        double end = Math.scalb(1.0, bits);
        return value == Math.rint(value) && value < end && value >= (unsigned ? 0 : -end);
    }

    /** Writes a number that the type {@linkplain #has has}, rounded to its precision. */
    void put(float value, ByteBuffer into) {
        switch (this) {
            case FLOAT32 -> into.putFloat(value);
            case FLOAT64 -> into.putDouble(value);
            case FLOAT16 -> into.putShort(Fp16Conversions.floatToFp16(value));
            case BFLOAT16 -> into.putShort(Fp16Conversions.floatToBf16(value));
            case INT64 -> into.putLong((long) value);
            case INT32 -> into.putInt((int) value);
            case INT16 -> into.putShort((short) value);
            case INT8, UINT8, BOOL -> into.put((byte) (int) value);
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
