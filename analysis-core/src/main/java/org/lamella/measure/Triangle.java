package org.lamella.measure;

/** The upper triangle of an n × n matrix with its diagonal, row by row. */
final class Triangle {
    private Triangle() {}

    /** Numbers in it. */
    static int length(int n) {
        return Math.toIntExact((long) n * (n + 1) / 2);
    }

    /** Where a pair is, in either order. */
    static int place(int i, int j, int n) {
        int first = Math.min(i, j);
        return (int) ((long) first * (2L * n - first - 1) / 2) + Math.max(i, j);
    }

    /** The whole matrix. */
    static double[] whole(double[] packed, int n) {
        double[] whole = new double[Math.multiplyExact(n, n)];
        for (int i = 0, from = 0; i < n; i++) {
            for (int j = i; j < n; j++, from++) {
                whole[i * n + j] = packed[from];
                whole[j * n + i] = packed[from];
            }
        }
        return whole;
    }
}
