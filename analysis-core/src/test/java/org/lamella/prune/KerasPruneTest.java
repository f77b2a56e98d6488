package org.lamella.prune;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import onnx.Onnx.ModelProto;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.array.ArrayFile;
import org.lamella.data.DataSource;
import org.lamella.data.Dataset;
import org.lamella.data.Datasets;
import org.lamella.data.Examples;
import org.lamella.data.Layout;
import org.lamella.model.Checkpoint;
import org.lamella.model.Checkpoints;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A Keras file that is cut, against numpy without the branch (keras/make_models.py). */
class KerasPruneTest {
    /** Two blocks of float32 against float64. */
    private static final double FLOAT32 = 1e-5;

    private static final int EXAMPLES = 48;
    private static final int CLASSES = 3;

    @TempDir
    private Path folder;

    private static Path file(String name) {
        try {
            return Path.of(Objects.requireNonNull(KerasPruneTest.class.getResource("/keras/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static float[] array(String file, String name) {
        try (ArrayFile opened = ArrayFile.open(file(file))) {
            var array = opened.arrays().stream()
                    .filter(each -> each.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            FloatBuffer values = FloatBuffer.allocate(array.rows() * array.rowLength());
            array.read(IntStream.range(0, array.rows()).toArray(), values);
            return values.array();
        }
    }

    private PruneResult prune(String... units) {
        DataSource data = Datasets.open("npz:" + file("residual_data.npz"));
        try (Checkpoint checkpoint = Checkpoints.open(file("residual.h5"))) {
            Examples examples = ((Dataset) data.examples()).channelsFirst(Layout.NHWC);
            return PruneRun.execute(
                    new PruneRun.Request(
                            checkpoint,
                            new DataSource(data.source(), examples, data.sha256()),
                            null,
                            null,
                            new PruneOptions(
                                    1,
                                    0,
                                    List.of(units),
                                    PruneOptions.From.ANYWHERE,
                                    EnumSet.allOf(Unit.Kind.class),
                                    null,
                                    16,
                                    0,
                                    0),
                            Original.manner(null, null, 2, 1 << 28),
                            folder.resolve("out"),
                            "test"),
                    new PruneRun.Listener() {});
        }
    }

    @Test
    void kerasNetwork_isListedWithItsBlocks() {
        try (Checkpoint checkpoint = Checkpoints.open(file("residual.h5"))) {
            Units units = Original.units(checkpoint, null);

            assertThat(units.refusals()).isEmpty();
            assertThat(units.units()).extracting(Unit::name).containsExactly("one", "two");
            assertThat(units.unit("two").source()).isEqualTo("one_out");
        }
    }

    @Test
    void cutKerasNetwork_isWhatNumpyComputesWithoutTheBranch_andLearns() throws IOException {
        float[] whole = array("residual.npz", "whole");
        float[] expected = array("residual.npz", "without_one");
        float[] images = array("residual.npz", "x");

        PruneResult result = prune("one");

        assertThat(result.accepted()).as(result.why()).isTrue();
        assertThat(result.warnings()).isEmpty();
        assertThat(result.files()).contains("pruned.onnx", "pruned.zip");
        assertThat(Graphs.difference(whole, expected)).isGreaterThan(0.01);
        ModelProto graph = ModelProto.parseFrom(Files.readAllBytes(folder.resolve("out/pruned.onnx")));
        assertThat(Graphs.difference(
                        expected,
                        Graphs.run(graph, images, EXAMPLES, 8, 8, 2)
                                .values()
                                .iterator()
                                .next()))
                .isLessThan(FLOAT32);

        ComputationGraph cut = ModelSerializer.restoreComputationGraph(
                folder.resolve("out/pruned.zip").toFile());
        try {
            assertThat(cut.getVertices())
                    .extracting(vertex -> vertex.getVertexName())
                    .contains("two_a", "classes")
                    .doesNotContain("one", "one_a", "one_norm", "one_b");
            INDArray input = Nd4j.create(images, new long[] {EXAMPLES, 8, 8, 2}, 'c');
            float[] given = cut.outputSingle(input).dup('c').data().asFloat();
            assertThat(Graphs.difference(expected, given)).isLessThan(FLOAT32);

            float[] labels = array("residual_data.npz", "y");
            INDArray hot = Nd4j.zeros(EXAMPLES, CLASSES);
            IntStream.range(0, EXAMPLES).forEach(i -> hot.putScalar(i, (int) labels[i], 1));
            INDArray before = cut.params().dup();
            double first = 0;
            for (int step = 0; step < 20; step++) {
                cut.fit(new INDArray[] {input}, new INDArray[] {hot});
                first = step == 0 ? cut.score() : first;
            }
            assertThat(cut.score()).isLessThan(first);
            assertThat(cut.params().equalsWithEps(before, 1e-6)).isFalse();
        } finally {
            cut.close();
        }
    }
}
