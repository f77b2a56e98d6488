package org.lamella.array;

import java.nio.ByteOrder;
import java.util.List;
import org.lamella.LamellaException;

/**
 * What a file says of an array before its numbers.
 *
 * @param where the file and the array, for messages
 * @param shape lengths of the axes, examples first; at least one
 */
record ArrayForm(String name, String where, ElementType type, ByteOrder order, List<Long> shape) {
    /**
     * @throws LamellaException if there are more numbers than can be counted or a row is as large as 2 GiB
     */
    ArrayForm {
        shape = List.copyOf(shape);
        try {
            long row = shape.stream().skip(1).reduce((long) type.size(), Math::multiplyExact);
            Math.multiplyExact(row, Math.toIntExact(shape.get(0)));
            shape.forEach(Math::toIntExact);
            Math.toIntExact(Math.max(row, row / type.size() * Float.BYTES));
        } catch (ArithmeticException e) {
            throw new LamellaException(
                    where,
                    "its shape %s is more than is read: up to 2,147,483,647 examples of less than 2 GiB each"
                            .formatted(shape),
                    e);
        }
    }

    int rows() {
        return Math.toIntExact(shape.get(0));
    }

    int rowLength() {
        return Math.toIntExact(rowBytes() / type.size());
    }

    long rowBytes() {
        return shape.stream().skip(1).reduce((long) type.size(), Math::multiplyExact);
    }

    long bytes() {
        return rowBytes() * rows();
    }

    List<Integer> rowShape() {
        return shape.stream().skip(1).map(Math::toIntExact).toList();
    }

    /** @throws LamellaException if the file has fewer bytes for the numbers than they need */
    void requireBytes(long there) {
        if (there < bytes()) {
            throw new LamellaException(
                    where,
                    "is truncated: shape %s of %s needs %,d bytes and %,d are there"
                            .formatted(shape, type, bytes(), Math.max(0, there)));
        }
    }
}
