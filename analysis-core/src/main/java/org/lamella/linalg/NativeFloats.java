package org.lamella.linalg;

import org.bytedeco.javacpp.FloatPointer;

/**
 * Copies between native memory and arrays in one go. The pointer's own {@code get} and {@code put} for arrays copy three
 * times, which is as slow as a small Gram matrix.
 */
final class NativeFloats {
    private NativeFloats() {}

    static void read(FloatPointer from, float[] to, int count) {
        read(from, to, 0, count);
    }

    static void read(FloatPointer from, float[] to, int offset, int count) {
        window(from, count).asBuffer().get(to, offset, count);
    }

    static void write(float[] from, FloatPointer to, int count) {
        window(to, count).asBuffer().put(from, 0, count);
    }

    private static FloatPointer window(FloatPointer start, int count) {
        FloatPointer window = start.getPointer(0);
        window.capacity(count);
        return window;
    }
}
