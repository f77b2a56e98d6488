package org.lamella.numpy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** The number formats that are read, and how one number becomes a float32. */
enum ElementType {
    FLOAT16("f2", 2) {
        @Override
        double readDouble(ByteBuffer bytes, int at) {
            return halfToFloat(bytes.getShort(at));
        }
    },
    FLOAT32("f4", 4) {
        @Override
        double readDouble(ByteBuffer bytes, int at) {
            return bytes.getFloat(at);
        }
    },
    FLOAT64("f8", 8) {
        @Override
        double readDouble(ByteBuffer bytes, int at) {
            return bytes.getDouble(at);
        }
    },
    INT8("i1", 1) {
        @Override
        double readDouble(ByteBuffer bytes, int at) {
            return bytes.get(at);
        }
    },
    UINT8("u1", 1) {
        @Override
        double readDouble(ByteBuffer bytes, int at) {
            return Byte.toUnsignedInt(bytes.get(at));
        }
    },
    INT16("i2", 2) {
        @Override
        double readDouble(ByteBuffer bytes, int at) {
            return bytes.getShort(at);
        }
    },
    INT32("i4", 4) {
        @Override
        double readDouble(ByteBuffer bytes, int at) {
            return bytes.getInt(at);
        }
    },
    INT64("i8", 8) {
        @Override
        double readDouble(ByteBuffer bytes, int at) {
            return bytes.getLong(at);
        }
    };

    private final String code;
    private final int size;

    ElementType(String code, int size) {
        this.code = code;
        this.size = size;
    }

    /** The number that starts at a byte, in the buffer's byte order. */
    abstract double readDouble(ByteBuffer bytes, int at);

    /** The same as a float32. */
    float read(ByteBuffer bytes, int at) {
        return (float) readDouble(bytes, at);
    }

    /** Bytes of one number. */
    int size() {
        return size;
    }

    boolean isFloating() {
        return code.startsWith("f");
    }

    /** The type of a numpy {@code descr} such as {@code <f4}; empty for one that is not read. */
    static Optional<ElementType> ofDescr(String descr) {
        for (ElementType type : values()) {
            if (descr.length() == 3 && descr.substring(1).equals(type.code) && "<>|=".indexOf(descr.charAt(0)) >= 0) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    static ByteOrder orderOfDescr(String descr) {
        return switch (descr.charAt(0)) {
            case '>' -> ByteOrder.BIG_ENDIAN;
            case '<' -> ByteOrder.LITTLE_ENDIAN;
            default -> ByteOrder.nativeOrder();
        };
    }

    /** IEEE 754 binary16; the Java library converts it from Java 20 on. */
    private static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >> 10) & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            float subnormal = fraction * 0x1p-24f;
            return sign == 0 ? subnormal : -subnormal;
        }
        int widened = exponent == 0x1f ? 0xff : exponent - 15 + 127;
        return Float.intBitsToFloat(sign | widened << 23 | fraction << 13);
    }
}
