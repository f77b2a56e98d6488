package org.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.array.NpzWriter;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A graph of SameDiff on the command line. */
class SameDiffCommandsTest {
    private static final int EXAMPLES = 40;

    @TempDir
    Path folder;

    private Path net;
    private Path data;

    @BeforeEach
    void save() throws IOException {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 6);
        SDVariable hidden = graph.nn().tanh("hidden", x.mmul("product", graph.var("w", wave(6, 5))));
        SDVariable out = hidden.mmul("out", graph.var("v", wave(5, 3)));
        graph.loss().meanSquaredError("loss", graph.placeHolder("y", DataType.FLOAT, -1, 3), out, null);
        net = folder.resolve("net.fb");
        graph.save(net.toFile(), true);
        data = folder.resolve("data.npz");
        double[] numbers = new double[EXAMPLES * 6];
        Arrays.setAll(numbers, i -> Math.sin(0.9 * i) + Math.cos(0.01 * i * i));
        try (OutputStream bytes = Files.newOutputStream(data);
                var npz = new NpzWriter(bytes)) {
            npz.add("x", numbers, EXAMPLES, 6);
        }
    }

    private static INDArray wave(int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(1.7 * i);
        }
        return Nd4j.create(values, new long[] {rows, columns}, 'c');
    }

    private static String lamella(Object... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int status = Main.run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
        assertThat(status).as("%s%s", out, err).isZero();
        return out.toString();
    }

    @Test
    void inspect_listsLayersAndWhatIsNone() {
        assertThat(lamella("inspect", net, "--all").replaceAll(" +", " "))
                .contains("0 x Input 6 0", "1 product matmul 5 30", "2 hidden tanh 5 0", "3 out matmul 3 15")
                .contains("4 layers, 45 parameters")
                .contains("'y' (Input): gives labels to losses");
    }

    @Test
    void export_givesAModelWithTheSameActivations() throws IOException {
        Path onnx = folder.resolve("net.onnx");
        lamella("export", net, "--out", onnx);
        Path run = folder.resolve("run");
        lamella("cka", net, "other=" + onnx, "--data", "npz:" + data, "--batch", EXAMPLES, "--out", run);
        List<String> own = Files.readAllLines(run.resolve("cka/net--net.csv"));
        assertThat(own).hasSize(5);
        assertThat(Files.readAllLines(run.resolve("cka/other--other.csv"))).isEqualTo(own);
        assertThat(Files.readString(run.resolve("run.json"))).contains("\"samediff\"");
    }
}
