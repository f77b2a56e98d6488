package org.lamella.prune;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.data.DataSource;
import org.lamella.model.Checkpoint;
import org.lamella.model.Checkpoints;
import org.lamella.onnx.OnnxBuilder;

class DeletionTest {
    private static final int EXAMPLES = 12;

    @TempDir
    private Path folder;

    /** x + a(x) + b(x), a Relu, that plus c of it, and the means of its channels. */
    private Path model() {
        OnnxBuilder graph = Graphs.images();
        Graphs.branch(graph, "a", "x");
        Graphs.branch(graph, "b", "x");
        graph.node("Sum", "first", "first", List.of("x", "a.2", "b.2"))
                .node("Relu", "middle", "middle", List.of("first"));
        Graphs.branch(graph, "c", "middle");
        Graphs.add(graph, "second", "middle", "c.2")
                .node("GlobalAveragePool", "mean", "mean", List.of("second"))
                .node("Flatten", "classes", "classes", List.of("mean"))
                .output("classes");
        return graph.write(folder.resolve("model.onnx"));
    }

    /** The channel with the largest mean of the positive part of an image: what the model says without any branch. */
    private static int largest(float[] image) {
        int largest = 0;
        double[] means = new double[4];
        for (int i = 0; i < image.length; i++) {
            means[i / 36] += Math.max(0, image[i]);
        }
        for (int channel = 1; channel < 4; channel++) {
            largest = means[channel] > means[largest] ? channel : largest;
        }
        return largest;
    }

    @Test
    void branchesOfOneSum_areOneBlock() {
        float[] images = Graphs.random(3, EXAMPLES * 4 * 36, 1);
        Labelled data = new Labelled(
                "images",
                List.of(4, 6, 6),
                images,
                example -> largest(Arrays.copyOfRange(images, example * 144, (example + 1) * 144)));
        try (Checkpoint checkpoint = Checkpoints.open(model())) {
            Original original = Original.of(checkpoint, data, Original.manner(null, null, 1, 1 << 28));

            Deletion found = Deletion.of(original, new DataSource("images", data, ""), 0, EXAMPLES, done -> {});

            assertThat(found.steps()).extracting(Deletion.Step::removed).containsExactly(2, 1);
            assertThat(found.steps()).extracting(Deletion.Step::first).containsExactly("first", "second");
            assertThat(found.steps().get(0).accuracy().value())
                    .as("without all three branches")
                    .isEqualTo(1);
        }
    }
}
