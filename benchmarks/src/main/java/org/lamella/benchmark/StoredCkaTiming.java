package org.lamella.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.StoredActivations;
import org.lamella.array.NpzWriter;
import org.lamella.linalg.Blas;
import org.lamella.similarity.Cka;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.Estimator;

/**
 * CKA of stored activations in turns with another process: what {@code numpy_cka.py} does, by this library.
 *
 * <pre>java -cp … org.lamella.benchmark.StoredCkaTiming ACTIVATIONS.npz BATCH THREADS RESULT.npz</pre>
 */
final class StoredCkaTiming {
    private StoredCkaTiming() {}

    public static void main(String[] arguments) throws IOException {
        var options = new Cka.Options(
                Estimator.UNBIASED, Integer.parseInt(arguments[1]), 1, 0, 0, Integer.parseInt(arguments[2]));
        Path result = Path.of(arguments[3]);
        try (var stored = StoredActivations.open(Path.of(arguments[0]), "model");
                ActivationSource source = stored.source(stored.layers())) {
            Cka cka = Cka.of(source).with(options);
            Turns.take(
                    Map.of("about", Blas.library() + " " + Blas.version() + " (" + Blas.kernel() + ")"),
                    Map.of("cka", cka::compute, "save", () -> save(cka.compute(), result)));
        }
    }

    private static void save(CkaMatrix cka, Path result) {
        int layers = cka.rows().size();
        double[] values = new double[layers * layers];
        for (int i = 0; i < values.length; i++) {
            values[i] = cka.value(i / layers, i % layers);
        }
        try (var archive = new NpzWriter(Files.newOutputStream(result))) {
            archive.add("cka", values, layers, layers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
