package org.lamella.array;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.Optional;

/** The number formats that are read, and how their bytes become numbers. */
enum ElementType {
    FLOAT16("f2", 2) {
        @Override
        double readDouble(ByteBuffer bytes, int at) {
            return Half.toFloat(bytes.getShort(at));
        }
    },
    /** The upper half of a float32; numpy has none, safetensors do. */
    BFLOAT16("", 2) {
        @Override
        double readDouble(ByteBuffer bytes, int at) {
            return Float.intBitsToFloat(bytes.getShort(at) << 16);
        }
    },
    FLOAT32("f4", 4) {
        @Override
        double readDouble(ByteBuffer bytes, int at) {
            return bytes.getFloat(at);
        }

        @Override
        void read(ByteBuffer bytes, int at, float[] into, int first, int count) {
            bytes.slice(at, count * Float.BYTES)
                    .order(bytes.order())
                    .asFloatBuffer()
                    .get(into, first, count);
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

    /**
     * Numbers that lie side by side, as float32.
     *
     * @param at byte of the first one
     */
    void read(ByteBuffer bytes, int at, float[] into, int first, int count) {
        for (int i = 0; i < count; i++) {
            into[first + i] = (float) readDouble(bytes, at + i * size);
        }
    }

    /** Bytes of one number. */
    int size() {
        return size;
    }

    boolean isFloating() {
        return name().contains("FLOAT");
    }

    /** The type of a numpy {@code descr} such as {@code <f4}; empty for one that is not read. */
    static Optional<ElementType> ofDescr(String descr) {
        for (ElementType type : values()) {
            if (type != BFLOAT16
                    && descr.length() == 3
                    && descr.substring(1).equals(type.code)
                    && "<>|=".indexOf(descr.charAt(0)) >= 0) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** As numpy spells it: float32, uint8 and so on. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    static ByteOrder orderOfDescr(String descr) {
        return switch (descr.charAt(0)) {
            case '>' -> ByteOrder.BIG_ENDIAN;
            case '<' -> ByteOrder.LITTLE_ENDIAN;
            default -> ByteOrder.nativeOrder();
        };
    }
}
