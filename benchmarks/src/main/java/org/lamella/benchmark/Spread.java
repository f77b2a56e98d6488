package org.lamella.benchmark;

import java.util.List;
import java.util.Locale;

/** Median and range of repeated measurements. */
record Spread(double median, double least, double most) {
    static Spread of(List<Double> measured) {
        List<Double> sorted = measured.stream().sorted().toList();
        int count = sorted.size();
        double median = (sorted.get((count - 1) / 2) + sorted.get(count / 2)) / 2;
        return new Spread(median, sorted.get(0), sorted.get(count - 1));
    }

    /** The numbers in another unit. */
    Spread times(double factor) {
        return new Spread(median * factor, least * factor, most * factor);
    }

    /** Median, and range in brackets. */
    String print(int decimals) {
        String number = "%." + decimals + "f";
        return String.format(Locale.ROOT, number + " (" + number + "–" + number + ")", median, least, most);
    }

    /** The median alone. */
    String printMedian(int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", median);
    }
}
