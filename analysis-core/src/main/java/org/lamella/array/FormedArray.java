package org.lamella.array;

import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;

/** What all arrays answer from their form. */
abstract class FormedArray implements StoredArray {
    final ArrayForm form;

    FormedArray(ArrayForm form) {
        this.form = form;
    }

    @Override
    public final String name() {
        return form.name();
    }

    @Override
    public final int rows() {
        return form.rows();
    }

    @Override
    public final List<Integer> rowShape() {
        return form.rowShape();
    }

    @Override
    public final int rowLength() {
        return form.rowLength();
    }

    @Override
    public final boolean isFloating() {
        return form.type().isFloating();
    }

    @Override
    public final String format() {
        return form.type().toString();
    }

    @Override
    public Optional<FloatPointer> view(int firstRow, int count) {
        return Optional.empty();
    }
}
