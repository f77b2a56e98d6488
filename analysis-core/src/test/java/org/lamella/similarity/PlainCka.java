package org.lamella.similarity;

/**
 * CKA written out from its papers in float64, with no regard for speed: HSIC_1 in the three terms of Song et al. 2012, eq.
 * 5, HSIC_0 as tr(KHLH)/(n-1)². Shares no code with what it checks.
 */
public final class PlainCka {
    private PlainCka() {}

    /** CKA over one batch of all examples. */
    public static double cka(float[][] x, float[][] y, Estimator estimator) {
        double[][] k = gram(x);
        double[][] l = gram(y);
        return hsic(k, l, estimator) / Math.sqrt(hsic(k, k, estimator) * hsic(l, l, estimator));
    }

    static double hsic(double[][] k, double[][] l, Estimator estimator) {
        return estimator == Estimator.UNBIASED ? hsic1(k, l) : hsic0(k, l);
    }

    static double[][] gram(float[][] x) {
        int n = x.length;
        int d = x[0].length;
        double[][] c = new double[n][d];
        for (int j = 0; j < d; j++) {
            double mean = 0;
            for (float[] row : x) {
                mean += row[j];
            }
            mean /= n;
            for (int i = 0; i < n; i++) {
                c[i][j] = x[i][j] - mean;
            }
        }
        double[][] k = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int f = 0; f < d; f++) {
                    sum += c[i][f] * c[j][f];
                }
                k[i][j] = sum;
            }
        }
        return k;
    }

    private static double hsic1(double[][] k, double[][] l) {
        int n = k.length;
        double trace = 0;
        double sumK = 0;
        double sumL = 0;
        double rows = 0;
        for (int i = 0; i < n; i++) {
            double rowK = 0;
            double rowL = 0;
            for (int j = 0; j < n; j++) {
                if (i != j) {
                    trace += k[i][j] * l[i][j];
                    rowK += k[i][j];
                    rowL += l[i][j];
                }
            }
            sumK += rowK;
            sumL += rowL;
            rows += rowK * rowL;
        }
        return (trace + sumK * sumL / ((n - 1.0) * (n - 2.0)) - 2.0 / (n - 2.0) * rows) / (n * (n - 3.0));
    }

    private static double hsic0(double[][] k, double[][] l) {
        int n = k.length;
        double[][] a = doublyCentred(k);
        double trace = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                trace += a[i][j] * l[j][i];
            }
        }
        return trace / ((n - 1.0) * (n - 1.0));
    }

    private static double[][] doublyCentred(double[][] k) {
        int n = k.length;
        double[] mean = new double[n];
        double all = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                mean[i] += k[i][j] / n;
            }
            all += mean[i] / n;
        }
        double[][] c = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                c[i][j] = k[i][j] - mean[i] - mean[j] + all;
            }
        }
        return c;
    }
}
