package org.lamella.run;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.data.Examples;
import org.lamella.data.Sha256;
import org.lamella.probe.StratifiedSample;

/**
 * The examples that a probe learns from and is scored on.
 *
 * @param training positions in {@code trainingSet}
 * @param test positions in {@code testSet}
 * @param labels of both, training examples first
 * @param remarks what the user should know of them, a line each
 */
record ProbeExamples(
        KnownExamples trainingSet,
        KnownExamples testSet,
        List<Integer> training,
        List<Integer> test,
        List<Integer> labels,
        List<String> remarks) {
    /** Of stored activations one in so many is scored on, as far as not fewer are asked for. */
    private static final int TESTED = 4;

    private static final String STORED = "the file of stored activations";

    ProbeExamples {
        training = List.copyOf(training);
        test = List.copyOf(test);
        labels = List.copyOf(labels);
        remarks = List.copyOf(remarks);
    }

    /**
     * How many to take, every class with its share.
     *
     * @param training 0 for all
     * @param test likewise
     * @param seed of the choice
     */
    record Wanted(int training, int test, long seed) {}

    /**
     * Of two data sets. Classes are matched by their names where they have some: each data set numbers them by itself.
     *
     * @throws LamellaException if either has examples without a label, or the test set a class with a name that the training set has
     *     not. Where classes have numbers only, one that the training set has not is let through: no probe can guess it
     */
    static ProbeExamples of(Examples training, Examples test, Wanted wanted) {
        int[] trainingLabels = labels(KnownExamples.of(training), "--data " + training.name(), "");
        int[] testLabels = labels(KnownExamples.of(test), "--test " + test.name(), "");
        int[] learnt = sample(trainingLabels, wanted.training(), wanted.seed());
        int[] scored = sample(testLabels, wanted.test(), wanted.seed());
        List<String> names = training.classes();
        boolean named = !names.isEmpty() && !test.classes().isEmpty();
        List<Integer> labels = new ArrayList<>();
        for (int i : learnt) {
            labels.add(trainingLabels[i]);
        }
        for (int i : scored) {
            labels.add(named ? matched(names, test.classes().get(testLabels[i])) : testLabels[i]);
        }
        return new ProbeExamples(
                KnownExamples.of(training), KnownExamples.of(test), boxed(learnt), boxed(scored), labels, List.of());
    }

    /**
     * Of one set, in two parts by the seed: a quarter of the examples to be scored on, every class with its share, or as many as
     * wanted if they are fewer; of the others as many to learn from as wanted.
     *
     * @param stored what the files tell of the examples
     * @param data where the labels are taken from; null for the files. It may number the classes otherwise than the files do, as other
     *     readers of the same data do
     * @throws LamellaException if an example has no label, or the data are not of these examples
     */
    static ProbeExamples split(KnownExamples stored, @Nullable Examples data, Wanted wanted) {
        int[] all = data == null
                ? labels(stored, STORED, "; store them as __labels__, or give --data")
                : labels(KnownExamples.of(data), "--data " + data.name(), "");
        if (all.length != stored.size()) {
            throw new LamellaException(
                    data == null ? STORED : "--data " + data.name(),
                    "has %,d examples and the stored activations are of %,d".formatted(all.length, stored.size()));
        }
        List<String> remarks = renumbered(stored, all);
        int quarter = all.length / TESTED;
        int tested = wanted.test() == 0 ? quarter : Math.min(quarter, wanted.test());
        List<Integer> scored = boxed(StratifiedSample.of(all, tested, wanted.seed()));
        Set<Integer> apart = new HashSet<>(scored);
        int[] rest =
                IntStream.range(0, all.length).filter(i -> !apart.contains(i)).toArray();
        int[] restLabels = IntStream.of(rest).map(i -> all[i]).toArray();
        List<Integer> learnt = IntStream.of(sample(restLabels, wanted.training(), wanted.seed()))
                .mapToObj(i -> rest[i])
                .toList();
        return new ProbeExamples(
                stored,
                stored,
                learnt,
                scored,
                Stream.concat(learnt.stream(), scored.stream()).map(i -> all[i]).toList(),
                remarks);
    }

    /**
     * Other examples have other classes in places; the same examples at most other numbers for them, one for one.
     *
     * @return a line if there are other numbers
     */
    private static List<String> renumbered(KnownExamples stored, int[] labels) {
        Map<Integer, Integer> firstOfStored = new HashMap<>();
        Map<Integer, Integer> firstOfData = new HashMap<>();
        int other = -1;
        for (int i = 0; i < labels.length; i++) {
            OptionalInt own = stored.label(i);
            if (own.isEmpty()) {
                continue;
            }
            int alike = firstOfStored.computeIfAbsent(own.getAsInt(), key -> -1);
            int alikeInData = firstOfData.computeIfAbsent(labels[i], key -> -1);
            if (alike != alikeInData) {
                int earlier = Math.max(alike, alikeInData);
                throw new LamellaException(
                        "--data",
                        "has labels %d and %d for examples %d and %d, and the activations' file has %d and %d: they are not the same examples"
                                .formatted(
                                        labels[earlier],
                                        labels[i],
                                        earlier,
                                        i,
                                        stored.label(earlier).orElseThrow(),
                                        own.getAsInt()));
            }
            if (alike < 0) {
                firstOfStored.put(own.getAsInt(), i);
                firstOfData.put(labels[i], i);
            }
            if (other < 0 && own.getAsInt() != labels[i]) {
                other = i;
            }
        }
        return other < 0
                ? List.of()
                : List.of(
                        "--data numbers the classes otherwise than the activations' file, one for one (%d for its %d); the numbers of --data are used"
                                .formatted(labels[other], stored.label(other).orElseThrow()));
    }

    private static int[] sample(int[] labels, int count, long seed) {
        return StratifiedSample.of(labels, count == 0 ? labels.length : count, seed);
    }

    private static int matched(List<String> names, String name) {
        int number = names.indexOf(name);
        if (number < 0) {
            throw new LamellaException("--test", "has the class '%s', which --data has not".formatted(name));
        }
        return number;
    }

    private static List<Integer> boxed(int[] numbers) {
        return IntStream.of(numbers).boxed().toList();
    }

    private static int[] labels(KnownExamples examples, String where, String remedy) {
        return examples.labels(examples.size())
                .filter(labels -> labels.length > 0)
                .orElseThrow(() -> new LamellaException(where, "has no labels, which a probe learns" + remedy));
    }

    /** What an example is called, by its position among {@link #all()}. */
    String nameOf(int position) {
        boolean learnt = position < training.size();
        KnownExamples set = learnt ? trainingSet : testSet;
        String id = set.id(learnt ? training.get(position) : test.get(position - training.size()));
        if (trainingSet == testSet) {
            return id;
        }
        return "%s of %s".formatted(id, learnt ? "--data" : "--test");
    }

    /** The training examples, and after them the test examples. */
    List<Integer> all() {
        return Stream.concat(training.stream(), test.stream()).toList();
    }

    RunManifest.Examples countedTraining() {
        return counted(trainingSet, training);
    }

    RunManifest.Examples countedTest() {
        return counted(testSet, test);
    }

    private static RunManifest.Examples counted(KnownExamples examples, List<Integer> taken) {
        var lines = new StringBuilder();
        for (int i : taken) {
            lines.append(examples.id(i)).append('\t');
            examples.label(i).ifPresent(lines::append);
            lines.append('\n');
        }
        return new RunManifest.Examples(
                examples.size(),
                taken.size(),
                0,
                Sha256.ofBytes(lines.toString().getBytes(StandardCharsets.UTF_8)));
    }
}
