package org.lamella.data;

import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lamella.LamellaException;

/** Some of the examples of two data sets: those chosen of the first, then those chosen of the second. */
public final class ChosenExamples {
    private final List<Integer> ofFirst;
    private final List<Integer> ofSecond;

    /**
     * @param ofFirst positions in the first data set, in the order wanted
     * @param ofSecond positions in the second one
     */
    public ChosenExamples(List<Integer> ofFirst, List<Integer> ofSecond) {
        this.ofFirst = List.copyOf(ofFirst);
        this.ofSecond = List.copyOf(ofSecond);
    }

    /**
     * As one data set. Classes of the two that have names are matched by them, those that have numbers by these.
     *
     * @throws LamellaException if the two are not of one kind and shape
     */
    public Examples of(Examples first, Examples second) {
        if (first instanceof TextDataset a && second instanceof TextDataset b) {
            return new Texts(a, b);
        }
        if (first instanceof NamedInputs a && second instanceof NamedInputs b) {
            return inputs(a, b);
        }
        return tensors(Dataset.of(first, second.name()), Dataset.of(second, first.name()));
    }

    private Dataset tensors(Dataset first, Dataset second) {
        if (!first.shape().equals(second.shape())) {
            throw new LamellaException(
                    second.name(),
                    "has examples of shape %s and %s of shape %s; a probe needs the same"
                            .formatted(second.shape(), first.name(), first.shape()));
        }
        return new Tensors(first, second);
    }

    private NamedInputs inputs(NamedInputs first, NamedInputs second) {
        Map<String, Dataset> joined = new LinkedHashMap<>();
        first.inputs().forEach((name, tensor) -> {
            Dataset other = second.inputs().get(name);
            if (other == null) {
                throw new LamellaException(
                        second.name(), "has no input %s, which %s has".formatted(name, first.name()));
            }
            joined.put(name, tensors(tensor, other));
        });
        return new NamedInputs(first.name(), joined);
    }

    /** The example of either data set at a position of the whole. */
    private int position(int example) {
        return example < ofFirst.size() ? ofFirst.get(example) : ofSecond.get(example - ofFirst.size());
    }

    /** What does not depend on the kind of examples. */
    abstract class Joined<E extends Examples> {
        final E first;
        final E second;

        Joined(E first, E second) {
            this.first = first;
            this.second = second;
        }

        E part(int example) {
            return example < ofFirst.size() ? first : second;
        }

        public String name() {
            return first.name();
        }

        public int size() {
            return ofFirst.size() + ofSecond.size();
        }

        /** The first data set's names, then those that only the second one has; empty where either has numbers. */
        public List<String> classes() {
            if (first.classes().isEmpty() || second.classes().isEmpty()) {
                return List.of();
            }
            return Stream.concat(first.classes().stream(), second.classes().stream())
                    .distinct()
                    .toList();
        }

        public OptionalInt label(int example) {
            E part = part(example);
            OptionalInt own = part.label(position(example));
            List<String> names = classes();
            return own.isEmpty() || names.isEmpty()
                    ? own
                    : OptionalInt.of(names.indexOf(part.classes().get(own.getAsInt())));
        }

        public String id(int example) {
            return part(example).id(position(example));
        }
    }

    private final class Texts extends Joined<TextDataset> implements TextDataset {
        Texts(TextDataset first, TextDataset second) {
            super(first, second);
        }

        @Override
        public String text(int example) {
            return part(example).text(position(example));
        }
    }

    private final class Tensors extends Joined<Dataset> implements Dataset {
        Tensors(Dataset first, Dataset second) {
            super(first, second);
        }

        @Override
        public List<Integer> shape() {
            return first.shape();
        }

        @Override
        public void read(int[] examples, FloatBuffer into) {
            // In runs of one data set, so that a file is read in large pieces.
            int from = 0;
            while (from < examples.length) {
                boolean ofFirstSet = examples[from] < ofFirst.size();
                int to = from;
                while (to < examples.length && (examples[to] < ofFirst.size()) == ofFirstSet) {
                    to++;
                }
                int[] run = IntStream.range(from, to)
                        .map(i -> position(examples[i]))
                        .toArray();
                (ofFirstSet ? first : second).read(run, into);
                from = to;
            }
        }
    }
}
