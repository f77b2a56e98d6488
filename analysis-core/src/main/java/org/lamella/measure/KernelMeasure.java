package org.lamella.measure;

import java.util.List;

/**
 * A measure that makes one symmetric n × n matrix of each layer (a centred kernel, a matrix of dissimilarities) and takes the cosine
 * of two such matrices.
 *
 * <p>Cost: for each layer what its matrix takes, n² numbers or a little more; for L layers L² n² / 2 multiply-adds, as one matrix
 * product. Memory: 8 n² / 2 bytes a layer.
 */
sealed interface KernelMeasure extends Measure<PackedMatrix>
        permits LinearCka, RbfCka, RepresentationalSimilarity, DistanceCorrelation {
    /** The value that a cosine stands for. */
    default double ofCosine(double cosine) {
        return cosine;
    }

    @Override
    default double compare(PackedMatrix row, PackedMatrix column) {
        return ofCosine(PackedMatrix.cosines(List.of(row), List.of(column), 0, 1)[0]);
    }

    @Override
    default double[] compareAll(List<PackedMatrix> rows, List<PackedMatrix> columns, Workers workers) {
        int parts = workers.count();
        List<double[]> sums = workers.map(parts, part -> PackedMatrix.cosines(rows, columns, part, parts));
        double[] values = new double[rows.size() * columns.size()];
        for (int i = 0; i < values.length; i++) {
            double sum = 0;
            for (double[] part : sums) {
                sum += part[i];
            }
            values[i] = ofCosine(sum);
        }
        return values;
    }
}
