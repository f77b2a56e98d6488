package org.lamella.samediff;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A variable of a SameDiff graph.
 *
 * @param shape declared for a placeholder, -1 where a length is open; empty where the file declares none
 * @param type absent where it is none that is read
 * @param numbers of a trained variable or a constant
 */
record Variable(
        String name,
        Kind kind,
        Optional<NumberType> type,
        List<Long> shape,
        @Nullable StoredNumbers numbers) {
    Variable {
        shape = List.copyOf(shape);
    }

    /** What gives a variable its value. */
    enum Kind {
        TRAINED(0),
        CONSTANT(1),
        COMPUTED(2),
        PLACEHOLDER(3),
        SEQUENCE(4);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** The kind with a number of the file's. */
        static Optional<Kind> of(int code) {
            return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst();
        }
    }
}
