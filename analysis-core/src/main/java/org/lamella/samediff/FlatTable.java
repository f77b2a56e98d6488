package org.lamella.samediff;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/**
 * A table of a FlatBuffers file: fields by their number in the schema, each of which may be absent.
 *
 * @param position of its first byte, which says how far before it the list of its fields lies
 */
record FlatTable(FlatBuffer buffer, int position) {
    private static final int LIST_HEAD = 2 * Short.BYTES;

    /** Where a field lies; 0 if it is absent. */
    private long field(int number) {
        long list = (long) position - buffer.int32(position);
        int entry = LIST_HEAD + number * Short.BYTES;
        int offset = entry < buffer.uint16(list) ? buffer.uint16(list + entry) : 0;
        return offset == 0 ? 0 : (long) position + offset;
    }

    boolean has(int number) {
        return field(number) != 0;
    }

    byte int8(int number) {
        long at = field(number);
        return at == 0 ? 0 : buffer.int8(at);
    }

    int int32(int number) {
        long at = field(number);
        return at == 0 ? 0 : buffer.int32(at);
    }

    Optional<FlatTable> table(int number) {
        long at = field(number);
        return at == 0 ? Optional.empty() : Optional.of(buffer.table(at));
    }

    List<FlatTable> tables(int number) {
        return each(number, buffer::table);
    }

    List<String> strings(int number) {
        return each(number, this::string);
    }

    private <T> List<T> each(int number, LongFunction<T> read) {
        long at = field(number);
        if (at == 0) {
            return List.of();
        }
        int count = buffer.vector(at, Integer.BYTES).limit() / Integer.BYTES;
        long first = buffer.firstOf(at);
        return LongStream.range(0, count)
                .mapToObj(i -> read.apply(first + i * Integer.BYTES))
                .toList();
    }

    /** Empty if the field is absent. */
    String string(int number) {
        long at = field(number);
        return at == 0 ? "" : string(at);
    }

    private String string(long at) {
        return StandardCharsets.UTF_8.decode(buffer.vector(at, 1)).toString();
    }

    /** The elements of a vector of numbers, little endian; none if the field is absent. */
    ByteBuffer vector(int number, int width) {
        long at = field(number);
        return at == 0 ? ByteBuffer.allocate(0) : buffer.vector(at, width);
    }

    long[] int64s(int number) {
        ByteBuffer vector = vector(number, Long.BYTES);
        long[] numbers = new long[vector.limit() / Long.BYTES];
        vector.asLongBuffer().get(numbers);
        return numbers;
    }

    int[] int32s(int number) {
        ByteBuffer vector = vector(number, Integer.BYTES);
        int[] numbers = new int[vector.limit() / Integer.BYTES];
        vector.asIntBuffer().get(numbers);
        return numbers;
    }

    double[] doubles(int number) {
        ByteBuffer vector = vector(number, Double.BYTES);
        double[] numbers = new double[vector.limit() / Double.BYTES];
        vector.asDoubleBuffer().get(numbers);
        return numbers;
    }

    boolean[] booleans(int number) {
        ByteBuffer vector = vector(number, 1);
        boolean[] truths = new boolean[vector.limit()];
        for (int i = 0; i < truths.length; i++) {
            truths[i] = vector.get(i) != 0;
        }
        return truths;
    }
}
