package org.lamella.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.lamella.array.ArrayFile;

/** Lamella and numpy on the same stored activations, in turns, each with its data in memory and warm. */
final class StoredComparison {
    private final Path folder;
    private final Size size;
    private final Optional<Numpy> numpy;
    private String ourLibrary = "";
    private String theirLibrary = "";

    StoredComparison(Path folder, Size size, Optional<Numpy> numpy) {
        this.folder = folder;
        this.size = size;
        this.numpy = numpy;
    }

    /** The library and kernel that computed for Lamella in the last case. */
    String ourLibrary() {
        return ourLibrary;
    }

    /** The same of numpy; empty without numpy. */
    String theirLibrary() {
        return theirLibrary;
    }

    /** A row of the table. */
    String row(StoredCase stored) throws IOException {
        Path activations = stored.write(folder.resolve("activations.npz"));
        Path ours = folder.resolve("lamella.npz");
        Path theirs = folder.resolve("numpy.npy");
        int batch = stored.examples();
        String start = String.format(
                Locale.ROOT, "| %d layers, %d examples, %,d features | ", stored.layers(), batch, stored.features());
        double milliseconds = 1e3 / stored.batches();
        try (TimedProcess lamella = TimedProcess.java(StoredCkaTiming.class, activations, batch, Size.THREADS, ours)) {
            ourLibrary = lamella.about().required("about").textValue();
            if (numpy.isEmpty()) {
                return start + alone(lamella).times(milliseconds).printMedian(1) + " | – | – | – |";
            }
            try (TimedProcess other = numpy.get().start(activations, batch, Size.THREADS, theirs)) {
                theirLibrary = other.about().required("about").textValue();
                Turn turn = inTurns(lamella, other);
                lamella.seconds("save", 1);
                other.seconds("save", 1);
                return start
                        + "%s | %s | %s | %s |"
                                .formatted(
                                        turn.ours().times(milliseconds).printMedian(1),
                                        turn.theirs().times(milliseconds).printMedian(1),
                                        turn.ratio().print(2),
                                        String.format(Locale.ROOT, "%.0e", largestDifference(ours, theirs)));
            }
        } finally {
            Files.deleteIfExists(activations);
        }
    }

    private Spread alone(TimedProcess lamella) throws IOException {
        int repetitions = lamella.repetitions("cka", size.turnSeconds());
        List<Double> seconds = new ArrayList<>();
        for (int round = 0; round < size.rounds(); round++) {
            seconds.add(lamella.seconds("cka", repetitions));
        }
        return Spread.of(seconds);
    }

    private record Turn(Spread ours, Spread theirs, Spread ratio) {}

    private Turn inTurns(TimedProcess lamella, TimedProcess other) throws IOException {
        int ourRepetitions = lamella.repetitions("cka", size.turnSeconds());
        int theirRepetitions = other.repetitions("cka", size.turnSeconds());
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < size.rounds(); round++) {
            ours.add(lamella.seconds("cka", ourRepetitions));
            theirs.add(other.seconds("cka", theirRepetitions));
            ratios.add(theirs.get(round) / ours.get(round));
        }
        return new Turn(Spread.of(ours), Spread.of(theirs), Spread.of(ratios));
    }

    private static double largestDifference(Path ours, Path theirs) {
        double[] a = numbers(ours);
        double[] b = numbers(theirs);
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }

    private static double[] numbers(Path file) {
        try (ArrayFile arrays = ArrayFile.open(file)) {
            return arrays.arrays().get(0).readDoubles();
        }
    }
}
