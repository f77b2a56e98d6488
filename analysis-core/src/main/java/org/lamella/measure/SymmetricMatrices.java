package org.lamella.measure;

/** What is done to symmetric n × n matrices, stored whole, row by row. All change the matrix in place. */
final class SymmetricMatrices {
    private SymmetricMatrices() {}

    /** H A H with H = I - 1 1ᵀ / n: rows and columns then add up to zero. */
    static void doubleCentre(double[] matrix, int n) {
        double[] means = rowSums(matrix, n);
        double total = 0;
        for (int i = 0; i < n; i++) {
            total += means[i] / n;
            means[i] /= n;
        }
        subtract(matrix, n, means, total / n);
    }

    /** U-centring (Székely and Rizzo 2014): unbiased where it is followed by inner products without the diagonal, which becomes 0. */
    static void uCentre(double[] matrix, int n) {
        for (int i = 0; i < n; i++) {
            matrix[i * n + i] = 0;
        }
        double[] means = rowSums(matrix, n);
        double total = 0;
        for (int i = 0; i < n; i++) {
            total += means[i];
            means[i] /= n - 2;
        }
        subtract(matrix, n, means, total / ((double) (n - 1) * (n - 2)));
        for (int i = 0; i < n; i++) {
            matrix[i * n + i] = 0;
        }
    }

    private static double[] rowSums(double[] matrix, int n) {
        double[] sums = new double[n];
        for (int i = 0; i < n; i++) {
            double sum = 0;
            for (int j = 0; j < n; j++) {
                sum += matrix[i * n + j];
            }
            sums[i] = sum;
        }
        return sums;
    }

    private static void subtract(double[] matrix, int n, double[] means, double mean) {
        for (int i = 0; i < n; i++) {
            double shift = means[i] - mean;
            for (int j = 0; j < n; j++) {
                matrix[i * n + j] -= shift + means[j];
            }
        }
    }
}
