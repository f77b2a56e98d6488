package org.lamella.measure;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * How far two layers remain apart when both are centred, scaled to unit Frobenius norm, and one is turned onto the other as well as
 * can be (Schönemann 1966). With ‖Xᵀ Y‖_* the sum of singular values:
 *
 * <ul>
 *   <li>squared distance ‖X‖² + ‖Y‖² - 2 ‖Xᵀ Y‖_* = 2 - 2 ‖Xᵀ Y‖_*, from 0 to 2 (Ding, Denain and Steinhardt 2021),
 *   <li>angle arccos ‖Xᵀ Y‖_*, from 0 to π/2, which obeys the triangle inequality (Williams et al. 2021).
 * </ul>
 *
 * <p>The angle of a layer with itself is the arccos of 1 less rounding: about 1e-8.
 *
 * @param form of the two
 */
public record OrthogonalProcrustes(Form form) implements SpectralMeasure {
    /** How the distance is expressed. */
    public enum Form {
        /** 2 - 2 ‖Xᵀ Y‖_*. */
        SQUARED,
        /** arccos ‖Xᵀ Y‖_*. */
        ANGLE
    }

    @Override
    public String name() {
        return form == Form.SQUARED ? "procrustes" : "procrustes-angle";
    }

    @Override
    public String title() {
        return form == Form.SQUARED
                ? "orthogonal Procrustes distance, squared"
                : "orthogonal Procrustes angle, radians";
    }

    @Override
    public Direction direction() {
        return Direction.DISTANCE;
    }

    @Override
    public double most() {
        return form == Form.SQUARED ? 2 : Math.PI / 2;
    }

    @Override
    public Set<Invariance> invariances() {
        return EnumSet.of(Invariance.ROTATION, Invariance.SCALE, Invariance.SHIFT);
    }

    @Override
    public Subspace prepare(LayerGeometry layer) {
        layer.requireVaried();
        double[] values = layer.spectrum().values();
        double norm = Math.sqrt(Arrays.stream(values).map(s -> s * s).sum());
        return Subspace.of(
                layer.spectrum(), Arrays.stream(values).map(s -> s / norm).toArray());
    }

    @Override
    public double compare(Subspace row, Subspace column) {
        // At most 1 by Cauchy and Schwarz, but for rounding.
        double nuclear =
                Math.min(1, Arrays.stream(row.singularValuesWith(column)).sum());
        return form == Form.SQUARED ? 2 - 2 * nuclear : Math.acos(nuclear);
    }
}
