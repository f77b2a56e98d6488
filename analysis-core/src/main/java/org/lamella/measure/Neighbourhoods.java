package org.lamella.measure;

import java.util.Arrays;

/** The k nearest neighbours of every example: a set of indices for each. */
final class Neighbourhoods implements PreparedLayer<Neighbourhoods> {
    /** In ascending order, a row for each example. */
    private final int[][] members;

    private Neighbourhoods(int[][] members) {
        this.members = members;
    }

    /**
     * The neighbours of largest similarity; the earlier ones of equals.
     *
     * @param similarities n × n, an example's own so low that it is not taken
     */
    static Neighbourhoods nearest(double[] similarities, int n, int k) {
        int[][] members = new int[n][];
        double[] row = new double[n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(similarities, i * n, row, 0, n);
            double[] sorted = row.clone();
            Arrays.sort(sorted);
            double last = sorted[n - k];
            int above = 0;
            while (above < k && sorted[n - 1 - above] > last) {
                above++;
            }
            members[i] = chosen(row, last, k, k - above);
        }
        return new Neighbourhoods(members);
    }

    /** All above a value, and the first so many that equal it. */
    private static int[] chosen(double[] row, double last, int k, int equals) {
        int[] found = new int[k];
        int count = 0;
        int left = equals;
        for (int j = 0; j < row.length; j++) {
            if (row[j] > last || (row[j] == last && left-- > 0)) {
                found[count++] = j;
            }
        }
        return found;
    }

    /** Mean of |A ∩ B| / |A ∪ B|. */
    double meanJaccard(Neighbourhoods other) {
        double sum = 0;
        for (int i = 0; i < members.length; i++) {
            int common = common(members[i], other.members[i]);
            sum += (double) common / (members[i].length + other.members[i].length - common);
        }
        return sum / members.length;
    }

    private static int common(int[] a, int[] b) {
        int count = 0;
        for (int i = 0, j = 0; i < a.length && j < b.length; ) {
            if (a[i] == b[j]) {
                count++;
                i++;
                j++;
            } else if (a[i] < b[j]) {
                i++;
            } else {
                j++;
            }
        }
        return count;
    }

    @Override
    public Neighbourhoods permuted(int[] order) {
        int n = members.length;
        int[] places = new int[n];
        for (int i = 0; i < n; i++) {
            places[order[i]] = i;
        }
        int[][] moved = new int[n][];
        for (int i = 0; i < n; i++) {
            moved[i] = Arrays.stream(members[order[i]])
                    .map(j -> places[j])
                    .sorted()
                    .toArray();
        }
        return new Neighbourhoods(moved);
    }

    @Override
    public void close() {}
}
