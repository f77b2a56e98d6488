package org.lamella.component;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.lamella.linalg.DoubleMatrix;

/** The classes of the examples, as far as they have any. */
public final class Classes {
    private static final Classes NONE = new Classes(new int[0]);

    private final int[] labels;
    /** The examples of each class that has some. */
    private final int[][] members;

    private Classes(int[] labels) {
        this.labels = labels;
        this.members = Arrays.stream(labels)
                .distinct()
                .sorted()
                .mapToObj(label -> IntStream.range(0, labels.length)
                        .filter(i -> labels[i] == label)
                        .toArray())
                .toArray(int[][]::new);
    }

    /** Of examples without labels. */
    public static Classes none() {
        return NONE;
    }

    /** @param labels one for each example */
    public static Classes of(int[] labels) {
        return new Classes(labels.clone());
    }

    /** Whether there are labels. */
    public boolean known() {
        return labels.length > 0;
    }

    /**
     * Between-class over within-class scatter tr(S_B) / tr(S_W) from the centred Gram matrix K alone: tr(S_B) = Σ_c (1/n_c) Σ_{i,j in
     * c} K_ij, because the mean of all examples is 0, and the two add up to tr(K).
     *
     * @return NaN without labels, or where there are not two classes; infinite where nothing varies within classes
     */
    double separation(DoubleMatrix centred, double trace) {
        if (members.length < 2) {
            return Double.NaN;
        }
        double between = 0;
        double[] row = new double[centred.columns()];
        for (int[] some : members) {
            double sum = 0;
            for (int i : some) {
                centred.readRow(i, row);
                for (int j : some) {
                    sum += row[j];
                }
            }
            between += sum / some.length;
        }
        return between / Math.max(0, trace - between);
    }
}
