package org.lamella.samediff;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.lamella.LamellaException;

/**
 * An array of ND4J in a file.
 *
 * @param shape as ND4J has it; none for a single number
 * @param bytes of the file, not copied, in the order of the axes or in the reverse
 * @param lastAxisFirst whether the first axis runs fastest, as in Fortran
 */
record StoredNumbers(NumberType type, List<Long> shape, ByteBuffer bytes, boolean lastAxisFirst) {
    // FlatArray: shape information, numbers, their type, their byte order.
    private static final int SHAPE = 0;
    private static final int NUMBERS = 1;
    private static final int TYPE = 2;
    private static final int BYTE_ORDER = 3;

    private static final int MOST_AXES = 32;

    StoredNumbers {
        shape = List.copyOf(shape);
    }

    /**
     * @param where the file and the array's name, for messages
     * @throws LamellaException if the numbers are not as many as the shape says
     */
    static StoredNumbers of(FlatTable table, String where) {
        NumberType type = NumberType.of(table.int8(TYPE))
                .orElseThrow(() -> new LamellaException(
                        where, "holds numbers of ND4J's type %d, which are not read".formatted(table.int8(TYPE))));
        // Rank, lengths, strides, flags, the step between numbers, and 'c' or 'f'.
        long[] information = table.int64s(SHAPE);
        long rank = information.length == 0 ? -1 : information[0];
        if (rank < 0 || rank > MOST_AXES || information.length != 2 * rank + 4) {
            throw new LamellaException(where, "has a damaged shape " + Arrays.toString(first(information)));
        }
        List<Long> shape = Arrays.stream(information, 1, 1 + (int) rank).boxed().toList();
        ByteBuffer bytes = table.vector(NUMBERS, 1);
        bytes.order(table.int8(BYTE_ORDER) == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long count = bytes.limit() / type.width();
        if (bytes.limit() % type.width() != 0 || !isProduct(shape, count)) {
            throw new LamellaException(
                    where, "has shape %s, but %,d bytes of %s".formatted(shape, bytes.limit(), type));
        }
        return new StoredNumbers(type, shape, bytes, information[information.length - 1] == 'f');
    }

    private static long[] first(long[] information) {
        return Arrays.copyOf(information, Math.min(information.length, 8));
    }

    private static boolean isProduct(List<Long> shape, long count) {
        long product = 1;
        for (long length : shape) {
            if (length < 0 || (length > 0 && product > count / length)) {
                return false;
            }
            product *= length;
        }
        return product == count;
    }

    int count() {
        return bytes.limit() / type.width();
    }

    /** In the order of the axes, the last one running fastest. */
    float[] floats() {
        float[] numbers = new float[count()];
        int[] order = order();
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = type.floating(bytes, lastAxisFirst ? order[i] : i);
        }
        return numbers;
    }

    /** In the order of the axes, the last one running fastest. */
    long[] integers() {
        long[] numbers = new long[count()];
        int[] order = order();
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = type.whole(bytes, lastAxisFirst ? order[i] : i);
        }
        return numbers;
    }

    /** Where the numbers lie whose first axis runs fastest; nothing for others. */
    private int[] order() {
        if (!lastAxisFirst) {
            return new int[0];
        }
        int[] places = new int[count()];
        int[] index = new int[shape.size()];
        for (int i = 0; i < places.length; i++) {
            long place = 0;
            for (int axis = index.length - 1; axis >= 0; axis--) {
                place = place * shape.get(axis) + index[axis];
            }
            places[i] = (int) place;
            for (int axis = index.length - 1; axis >= 0 && ++index[axis] == shape.get(axis); axis--) {
                index[axis] = 0;
            }
        }
        return places;
    }
}
