package org.lamella.array;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Locale;

/** How activations are written. */
public enum FloatFormat {
    /** As they are computed. */
    FLOAT32("<f4", Float.BYTES) {
        @Override
        int encode(FloatBuffer numbers, ByteBuffer into) {
            into.asFloatBuffer().put(numbers);
            return -1;
        }
    },
    /** Half the bytes: 11 bits of precision, magnitudes below 65,520. */
    FLOAT16("<f2", Short.BYTES) {
        @Override
        int encode(FloatBuffer numbers, ByteBuffer into) {
            int overflow = -1;
            for (int i = 0; numbers.hasRemaining(); i++) {
                float number = numbers.get();
                short half = Half.ofFloat(number);
                if (Half.isInfinite(half) && !Float.isInfinite(number) && overflow < 0) {
                    overflow = i;
                }
                into.putShort(i * Short.BYTES, half);
            }
            return overflow;
        }
    };

    final String descr;
    final int bytes;

    FloatFormat(String descr, int bytes) {
        this.descr = descr;
        this.bytes = bytes;
    }

    /**
     * Writes numbers to the start of a buffer, whose position stays.
     *
     * @return the index of the first number that is too large for the format, -1 if there is none
     */
    abstract int encode(FloatBuffer numbers, ByteBuffer into);

    /** As written in options. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
