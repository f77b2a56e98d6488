package org.lamella.similarity;

import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.Layer;
import org.lamella.linalg.NativeMatrix;

/** What is said of an activation whose Gram matrix is not made of numbers. */
final class NotFinite {
    private NotFinite() {}

    /** The failure, with the first example that is at fault. */
    static LamellaException of(ActivationSource source, Layer layer, NativeMatrix activation, Batch batch) {
        String where = source.name() + ", layer '" + layer.name() + "'";
        for (int i = 0; i < activation.rows(); i++) {
            for (long k = 0; k < activation.columns(); k++) {
                float value = activation.get(i, k);
                if (!Float.isFinite(value)) {
                    return new LamellaException(
                            where,
                            "example %s has the value %s; remove such examples or mend the model"
                                    .formatted(source.nameOf(batch.example(i)), value));
                }
            }
        }
        return new LamellaException(
                where, "has values so large (about 1e18 and above) that their products leave the range of float32");
    }
}
