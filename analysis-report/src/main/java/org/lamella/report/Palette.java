package org.lamella.report;

import java.awt.Color;

/** Colours that tell things of a kind apart, such as classes and models. */
final class Palette {
    /** Ten that differ in hue and lightness, on white. */
    private static final int[] DISTINCT = {
        0x4269d0, 0xd99a00, 0xff5a45, 0x2f9e8f, 0x3ca951, 0xff6fa8, 0x9a52f0, 0x6f9ff0, 0x8a5a3e, 0x7d828c
    };

    private Palette() {}

    /** The colour of the n-th of several things, from 0; beyond ten in hues of their own. */
    static Color of(int number) {
        if (number < DISTINCT.length) {
            return new Color(DISTINCT[number]);
        }
        // Steps of the golden angle never come back to a hue that was there.
        float hue = (float) (number * 0.61803398875 % 1);
        return Color.getHSBColor(hue, 0.75f, number % 2 == 0 ? 0.85f : 0.6f);
    }
}
