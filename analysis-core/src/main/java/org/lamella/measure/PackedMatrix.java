package org.lamella.measure;

import java.util.List;
import org.lamella.linalg.DoubleMatrix;
import org.lamella.linalg.InnerProducts;

/**
 * A symmetric n × n matrix of unit Frobenius norm: its upper triangle with the diagonal, row by row, outside the heap. Numbers off the
 * diagonal are multiplied by √2, so that the inner product of two packed matrices is that of the whole ones.
 */
final class PackedMatrix implements PreparedLayer<PackedMatrix> {
    /** A matrix below this part of what it was before it was centred is rounding of zero. */
    private static final double ROUNDING = 1e-13;

    private final int n;
    private final DoubleMatrix values;

    private PackedMatrix(int n, DoubleMatrix values) {
        this.n = n;
        this.values = values;
    }

    /**
     * Packs a matrix.
     *
     * @param whole n × n numbers
     * @param scale what its entries were of the order of before it was centred
     * @param ifZero why the layer has no value if nothing but rounding is left
     */
    static PackedMatrix of(double[] whole, int n, double scale, String ifZero) {
        double squares = 0;
        for (double number : whole) {
            squares += number * number;
        }
        double norm = Math.sqrt(squares);
        if (!(norm > ROUNDING * n * scale)) {
            throw new UndefinedLayerException(ifZero);
        }
        DoubleMatrix values = DoubleMatrix.allocate(1, Triangle.length(n));
        double[] row = new double[n];
        for (int i = 0, to = 0; i < n; to += n - i, i++) {
            row[0] = whole[i * n + i] / norm;
            for (int j = i + 1; j < n; j++) {
                row[j - i] = whole[i * n + j] / norm * Math.sqrt(2);
            }
            values.write(0, to, row, 0, n - i);
        }
        return new PackedMatrix(n, values);
    }

    /** Costs n² / 2 reads in no order. */
    @Override
    public PackedMatrix permuted(int[] order) {
        double[] packed = new double[Triangle.length(n)];
        values.readRow(0, packed);
        double[] moved = new double[packed.length];
        for (int i = 0, to = 0; i < n; i++) {
            for (int j = i; j < n; j++, to++) {
                moved[to] = packed[Triangle.place(order[i], order[j], n)];
            }
        }
        DoubleMatrix copy = DoubleMatrix.allocate(1, moved.length);
        copy.writeRow(0, moved);
        return new PackedMatrix(n, copy);
    }

    /** One part's share of the cosines of all pairs, as {@link InnerProducts} has it. */
    static double[] cosines(List<PackedMatrix> rows, List<PackedMatrix> columns, int part, int parts) {
        return InnerProducts.of(vectors(rows), vectors(columns), part, parts);
    }

    private static List<DoubleMatrix> vectors(List<PackedMatrix> matrices) {
        return matrices.stream().map(matrix -> matrix.values).toList();
    }

    @Override
    public void close() {
        values.close();
    }
}
