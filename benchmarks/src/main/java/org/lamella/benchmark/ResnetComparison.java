package org.lamella.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The whole way from images to CKA on an ONNX network, in turns with its two limits: the forward pass with every layer tapped,
 * and the rate of {@code sgemm}, from which follows what the Gram products of all layers would take at that rate.
 */
final class ResnetComparison {
    private final Path folder;
    private final Size size;

    ResnetComparison(Path folder, Size size) {
        this.folder = folder;
        this.size = size;
    }

    /** A row of the table. */
    String row(int depth) throws IOException {
        try (TimedProcess resnet = TimedProcess.java(
                ResnetTiming.class, folder, depth, size.images(), size.imageBatches(), Size.THREADS)) {
            JsonNode about = resnet.about();
            double gramOperations = (double) size.images()
                    * size.images()
                    * about.required("features").longValue();
            int products = resnet.repetitions("sgemm", size.turnSeconds());
            int forwards = resnet.repetitions("forward", size.turnSeconds());
            int wholes = resnet.repetitions("whole", size.turnSeconds());
            List<Double> forward = new ArrayList<>();
            List<Double> gram = new ArrayList<>();
            List<Double> rates = new ArrayList<>();
            List<Double> whole = new ArrayList<>();
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < size.rounds(); round++) {
                double rate = Size.THREADS * SquareProduct.OPERATIONS / resnet.seconds("sgemm", products);
                rates.add(rate * 1e-9);
                gram.add(gramOperations / rate);
                forward.add(resnet.seconds("forward", forwards) / size.imageBatches());
                whole.add(resnet.seconds("whole", wholes) / size.imageBatches());
                ratios.add(whole.get(round) / (forward.get(round) + gram.get(round)));
            }
            return "| %s, 32×32, batch %d | %d | %s | %s (%s GFLOP/s) | %s | %s |"
                    .formatted(
                            about.required("about").textValue(),
                            size.images(),
                            about.required("layers").intValue(),
                            Spread.of(forward).printMedian(3),
                            Spread.of(gram).printMedian(3),
                            Spread.of(rates).printMedian(0),
                            Spread.of(whole).printMedian(3),
                            Spread.of(ratios).print(2));
        }
    }
}
