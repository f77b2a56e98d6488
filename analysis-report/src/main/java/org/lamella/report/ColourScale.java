package org.lamella.report;

/**
 * Which colour a value has: the colour map between two ends, and a colour of its own for what lies below, above, or is not
 * a number, so that nothing is clamped unseen.
 *
 * <p>A value that misses an end by less than a millionth of the range counts as the end: the similarity of a layer with
 * itself is 1 only up to rounding.
 */
record ColourScale(double low, double high) {
    static final int BELOW = 0x2a4d74;
    static final int ABOVE = 0x4fb286;
    static final int UNDEFINED = 0xc4c4c4;
    static final int UNDEFINED_HATCH = 0x8c8c8c;

    private static final double ROUNDING = 1e-6;

    ColourScale {
        checkEnds(low, high);
    }

    static void checkEnds(double low, double high) {
        if (!(low < high) || Double.isInfinite(low) || Double.isInfinite(high)) {
            throw new IllegalArgumentException(
                    "a colour range goes up from one finite number to another, not from %s to %s".formatted(low, high));
        }
    }

    /** Where a value lies. */
    enum Place {
        BELOW,
        INSIDE,
        ABOVE,
        UNDEFINED
    }

    Place place(double value) {
        double slack = ROUNDING * (high - low);
        if (Double.isNaN(value)) {
            return Place.UNDEFINED;
        } else if (value < low - slack) {
            return Place.BELOW;
        } else {
            return value > high + slack ? Place.ABOVE : Place.INSIDE;
        }
    }

    /** The colour of a value as 0xRRGGBB. */
    int colour(double value) {
        return switch (place(value)) {
            case BELOW -> BELOW;
            case ABOVE -> ABOVE;
            case UNDEFINED -> UNDEFINED;
            case INSIDE -> {
                double fraction = Math.min(1, Math.max(0, (value - low) / (high - low)));
                yield Magma.colour((int) Math.min(Magma.SIZE - 1, Math.floor(fraction * Magma.SIZE)));
            }
        };
    }

    /** Whether black letters are read better than white ones on the colour of a value. */
    boolean isLight(double value) {
        int rgb = colour(value);
        return 0.299 * (rgb >> 16) + 0.587 * (rgb >> 8 & 0xff) + 0.114 * (rgb & 0xff) > 140;
    }
}
