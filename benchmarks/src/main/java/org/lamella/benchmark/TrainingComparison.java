package org.lamella.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lamella.samples.training.TrainingTiming;
import org.lamella.samples.training.TrainingTiming.Manner;

/**
 * Images a second of training, Deeplearning4j as it is beside the same with oneDNN and beside Lamella's trainer, in turns.
 *
 * <pre>benchmarks/training [THREADS]</pre>
 */
public final class TrainingComparison {
    private static final int ROUNDS = 5;

    private TrainingComparison() {}

    /**
     * Prints a table in Markdown.
     *
     * @param arguments the number of threads, or nothing for {@link Size#THREADS}
     */
    public static void main(String[] arguments) throws IOException {
        int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : Size.THREADS;
        try (TimedProcess plain = TimedProcess.java(TrainingTiming.class, Manner.PLAIN, threads);
                TimedProcess oneDnn = TimedProcess.java(TrainingTiming.class, Manner.ONEDNN, threads);
                TimedProcess lamella = TimedProcess.java(TrainingTiming.class, Manner.LAMELLA, threads)) {
            List<TimedProcess> all = List.of(plain, oneDnn, lamella);
            int[] repetitions = new int[all.size()];
            for (int i = 0; i < repetitions.length; i++) {
                repetitions[i] = all.get(i).repetitions("step", 4);
            }
            List<List<Double>> seconds = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            List<List<Double>> ratios = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < repetitions.length; i++) {
                    seconds.get(i).add(all.get(i).seconds("step", repetitions[i]));
                    ratios.get(i).add(seconds.get(0).get(round) / seconds.get(i).get(round));
                }
            }
            System.out.println("| ResNet-14, 28 × 28, batch %d, %d threads | images a second | times the first |"
                    .formatted(TrainingTiming.BATCH, threads));
            System.out.println("| --- | ---: | ---: |");
            List<String> names =
                    List.of("Deeplearning4j as it is", "Deeplearning4j with oneDNN in its layers", "Lamella's trainer");
            for (int i = 0; i < names.size(); i++) {
                double rate = TrainingTiming.BATCH / Spread.of(seconds.get(i)).median();
                System.out.printf(
                        Locale.ROOT,
                        "| %s | %.0f | %s |%n",
                        names.get(i),
                        rate,
                        Spread.of(ratios.get(i)).print(2));
            }
        }
    }
}
