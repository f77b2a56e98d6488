package org.lamella.array;

/** IEEE 754 binary16, which the Java library converts from Java 20 on. */
final class Half {
    private static final int INFINITE = 0x7c00;

    private Half() {}

    static float toFloat(short half) {
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

    /** The nearest half, the even one of two; infinite for numbers of 65,520 and more. */
    static short ofFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > 0x7f800000) {
            return (short) (sign | 0x7e00); // not a number
        }
        if (magnitude >= 0x47800000) {
            return (short) (sign | INFINITE);
        }
        if (magnitude < 0x38800000) {
            // Subnormal: a multiple of 2^-24, which adding 1/2 shifts to the lowest bits, rounded.
            int rounded = Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) + 0.5f);
            return (short) (sign | rounded - 0x3f000000);
        }
        // The exponent's bias changes by 112; what is shifted out rounds to nearest even, and may carry up to infinity.
        int even = magnitude >>> 13 & 1;
        return (short) (sign | ((magnitude - (112 << 23) + 0xfff + even) >>> 13));
    }

    static boolean isInfinite(short half) {
        return (half & 0x7fff) == INFINITE;
    }
}
