package org.lamella.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Numbers as the page writes them. */
final class Numbers {
    /** A narrow space that does not break: between thousands, and nowhere else mistaken for a decimal sign. */
    private static final char THOUSANDS = '\u202F';

    private Numbers() {}

    static String whole(long number) {
        return String.format(Locale.ROOT, "%,d", number).replace(',', THOUSANDS);
    }

    /** A number of things that may be unknown, which is told by -1. */
    static String known(long number) {
        return number < 0 ? "–" : whole(number);
    }

    static String shape(List<Integer> shape) {
        return shape.isEmpty()
                ? "scalar"
                : shape.stream().map(d -> d < 0 ? "?" : Integer.toString(d)).collect(Collectors.joining(" × "));
    }

    static String seconds(double seconds) {
        if (seconds < 60) {
            return String.format(Locale.ROOT, seconds < 10 ? "%.2f\u00A0s" : "%.1f\u00A0s", seconds);
        }
        long whole = Math.round(seconds);
        return "%d\u00A0min\u00A0%02d\u00A0s".formatted(whole / 60, whole % 60);
    }

    /** A part of a whole, with two digits that count where it is small. */
    static String percent(double part) {
        double percent = 100 * part;
        return String.format(Locale.ROOT, percent >= 10 || percent == 0 ? "%.0f\u00A0%%" : "%.2g\u00A0%%", percent);
    }

    /** With three digits that count. */
    static String short3(double number) {
        double size = Math.abs(number);
        String text = size >= 100 && size < 1e6
                ? String.format(Locale.ROOT, "%.0f", number)
                : String.format(Locale.ROOT, "%.3g", number);
        return text.replace('-', '\u2212');
    }

    static String counted(long count, String one, String many) {
        return whole(count) + " " + (count == 1 ? one : many);
    }
}
