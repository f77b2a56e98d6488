package org.lamella.samediff;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import onnx.Onnx.TensorProto;
import org.bytedeco.javacpp.indexer.Bfloat16Indexer;
import org.bytedeco.javacpp.indexer.HalfIndexer;

/** ND4J's types of numbers that are read. In ONNX all floating-point numbers become float32 and all whole numbers int64. */
enum NumberType {
    BOOL(1, 1, Family.TRUTH),
    HALF(3, 2, Family.FLOATING),
    FLOAT(5, 4, Family.FLOATING),
    DOUBLE(6, 8, Family.FLOATING),
    INT8(7, 1, Family.WHOLE),
    INT16(8, 2, Family.WHOLE),
    INT32(9, 4, Family.WHOLE),
    INT64(10, 8, Family.WHOLE),
    UINT8(11, 1, Family.WHOLE),
    UINT16(12, 2, Family.WHOLE),
    UINT32(13, 4, Family.WHOLE),
    UINT64(14, 8, Family.WHOLE),
    BFLOAT16(17, 2, Family.FLOATING);

    /** What an ONNX operator sees of a type. */
    enum Family {
        FLOATING(TensorProto.DataType.FLOAT_VALUE),
        WHOLE(TensorProto.DataType.INT64_VALUE),
        TRUTH(TensorProto.DataType.BOOL_VALUE);

        private final int onnx;

        Family(int onnx) {
            this.onnx = onnx;
        }

        /** The type's number in ONNX. */
        int onnx() {
            return onnx;
        }
    }

    private final int code;
    private final int width;
    private final Family family;

    NumberType(int code, int width, Family family) {
        this.code = code;
        this.width = width;
        this.family = family;
    }

    /** The type with a number of ND4J's. */
    static Optional<NumberType> of(int code) {
        return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
    }

    /** Bytes of a number. */
    int width() {
        return width;
    }

    Family family() {
        return family;
    }

    float floating(ByteBuffer bytes, int index) {
        return switch (this) {
            case HALF -> HalfIndexer.toFloat(bytes.getShort(index * 2));
            case BFLOAT16 -> Bfloat16Indexer.toFloat(bytes.getShort(index * 2));
            case FLOAT -> bytes.getFloat(index * 4);
            case DOUBLE -> (float) bytes.getDouble(index * 8);
            default -> whole(bytes, index);
        };
    }

    long whole(ByteBuffer bytes, int index) {
        return switch (this) {
            case BOOL -> bytes.get(index) == 0 ? 0 : 1;
            case INT8 -> bytes.get(index);
            case UINT8 -> Byte.toUnsignedLong(bytes.get(index));
            case INT16 -> bytes.getShort(index * 2);
            case UINT16 -> Short.toUnsignedLong(bytes.getShort(index * 2));
            case INT32 -> bytes.getInt(index * 4);
            case UINT32 -> Integer.toUnsignedLong(bytes.getInt(index * 4));
            case INT64, UINT64 -> bytes.getLong(index * 8);
            default -> (long) floating(bytes, index);
        };
    }
}
