package org.lamella.dl4j;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;

/** Good zips of Deeplearning4j, and the reading of their structure: no network is built. For the tests with damaged files. */
public final class Dl4jReading {
    private Dl4jReading() {}

    /** A chain of two layers, and a graph of two. */
    public static List<byte[]> seeds() throws IOException {
        var dense = new DenseLayer.Builder().nIn(4).nOut(3).build();
        var output = new OutputLayer.Builder().nIn(3).nOut(2).build();
        String chain = new NeuralNetConfiguration.Builder()
                .seed(1)
                .list()
                .layer(dense)
                .layer(output)
                .build()
                .toJson();
        String graph = new NeuralNetConfiguration.Builder()
                .seed(1)
                .graphBuilder()
                .addInputs("in")
                .addLayer("dense", dense.clone(), "in")
                .addLayer("out", output.clone(), "dense")
                .setOutputs("out")
                .build()
                .toJson();
        return List.of(zip(chain), zip(graph));
    }

    private static byte[] zip(String configuration) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(entry("configuration.json"));
            zip.write(configuration.getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(entry("coefficients.bin"));
            var out = new DataOutputStream(zip);
            out.writeUTF("LONG_SHAPE");
            out.writeLong(8);
            out.writeUTF("LONG");
            for (long number : new long[] {2, 1, 23, 1, 1, 8192, 1, 99}) {
                out.writeLong(number);
            }
            out.writeUTF("LONG_SHAPE");
            out.writeLong(23);
            out.writeUTF("FLOAT");
            for (int i = 0; i < 23; i++) {
                out.writeFloat(i);
            }
            out.flush();
        }
        return bytes.toByteArray();
    }

    /** Without the time of day, so that the files are always the same. */
    private static ZipEntry entry(String name) {
        var entry = new ZipEntry(name);
        entry.setTimeLocal(LocalDateTime.of(1990, 1, 1, 0, 0));
        return entry;
    }

    /** Reads the structure of a network. */
    public static void read(Path file) {
        Dl4jModel.open(file);
    }
}
