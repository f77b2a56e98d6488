package org.lamella.component;

import java.util.ArrayList;
import java.util.List;
import org.lamella.linalg.DoubleMatrix;
import org.lamella.similarity.GramStack;
import org.lamella.similarity.LayerId;

/**
 * A cell of biased CKA taken apart (Nguyen, Raghu and Kornblith 2021, eq. 4): with eigenvalues λ, μ and eigenvectors u, v of the two
 * layers' centred Gram matrices, CKA = Σ_ij λ_i μ_j ⟨u_i, v_j⟩² / (‖λ‖ ‖μ‖).
 *
 * <p>The leading components of both are kept apart and all others taken together as the rest, which is exact: Σ_j μ_j ⟨u_i, v_j⟩² =
 * u_iᵀ L u_i needs no more eigenvectors. So the terms add up to the cell however many components there are.
 *
 * @param terms a term each for the pairs of leading components, of a leading one with the rest, and of the rests
 */
public record CellOverlaps(LayerId row, LayerId column, List<Term> terms) {
    public CellOverlaps {
        terms = List.copyOf(terms);
    }

    /** Stands for all components that are not leading ones. */
    public static final int REST = -1;

    /**
     * A part of the cell.
     *
     * @param rowComponent from 0, or {@link #REST}
     * @param columnComponent likewise
     * @param rowEigenvalue NaN for the rest
     * @param columnEigenvalue likewise
     * @param squaredCosine of the two components over the examples; NaN where one is the rest
     * @param contribution to the cell
     */
    public record Term(
            int rowComponent,
            int columnComponent,
            double rowEigenvalue,
            double columnEigenvalue,
            double squaredCosine,
            double contribution) {}

    /** The cell: biased CKA of the two layers on all examples. */
    public double cka() {
        return terms.stream().mapToDouble(Term::contribution).sum();
    }

    /** Takes a cell apart. Costs two n × n matrices and some passes over them. */
    static CellOverlaps of(GramStack stack, int row, int column, LayerComponents first, LayerComponents second) {
        double scale = 1 / (stack.scale(row) * stack.scale(column));
        List<Term> terms = new ArrayList<>();
        double known = 0;
        try (DoubleMatrix k = stack.matrix(row);
                DoubleMatrix l = stack.matrix(column)) {
            double[] columnRest = new double[second.count()];
            for (int j = 0; j < second.count(); j++) {
                columnRest[j] = scale * second.eigenvalue(j) * quadratic(k, second.scores(j));
            }
            for (int i = 0; i < first.count(); i++) {
                double rowRest = scale * first.eigenvalue(i) * quadratic(l, first.scores(i));
                for (int j = 0; j < second.count(); j++) {
                    double cosine = LayerComponents.dot(first.scores(i), second.scores(j));
                    double part = scale * first.eigenvalue(i) * second.eigenvalue(j) * cosine * cosine;
                    terms.add(new Term(i, j, first.eigenvalue(i), second.eigenvalue(j), cosine * cosine, part));
                    rowRest -= part;
                    columnRest[j] -= part;
                    known += part;
                }
                terms.add(new Term(i, REST, first.eigenvalue(i), Double.NaN, Double.NaN, rowRest));
                known += rowRest;
            }
            for (int j = 0; j < second.count(); j++) {
                terms.add(new Term(REST, j, Double.NaN, second.eigenvalue(j), Double.NaN, columnRest[j]));
                known += columnRest[j];
            }
            terms.add(new Term(REST, REST, Double.NaN, Double.NaN, Double.NaN, scale * inner(k, l) - known));
        }
        return new CellOverlaps(first.layer(), second.layer(), terms);
    }

    /** uᵀ K u. */
    private static double quadratic(DoubleMatrix matrix, double[] u) {
        double[] row = new double[u.length];
        double sum = 0;
        for (int i = 0; i < u.length; i++) {
            matrix.readRow(i, row);
            sum += u[i] * LayerComponents.dot(row, u);
        }
        return sum;
    }

    private static double inner(DoubleMatrix k, DoubleMatrix l) {
        double[] row = new double[k.columns()];
        double[] other = new double[k.columns()];
        double sum = 0;
        for (int i = 0; i < k.rows(); i++) {
            k.readRow(i, row);
            l.readRow(i, other);
            sum += LayerComponents.dot(row, other);
        }
        return sum;
    }
}
