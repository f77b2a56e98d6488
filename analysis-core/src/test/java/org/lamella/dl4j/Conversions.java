package org.lamella.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Engine;
import org.lamella.dl4j.Dl4jNetworks.GaussianData;
import org.lamella.model.Dl4jCheckpoint;
import org.nd4j.linalg.activations.Activation;

/** What ONNX Runtime gives for a network against what Deeplearning4j gives, layer by layer. */
final class Conversions {
    /** Both are float32 and sum in different orders. The sums here have up to a thousand terms. */
    private static final double SUMMED_OTHERWISE = 1e-5;

    private Conversions() {}

    static void assertSame(Path directory, Model network, List<Integer> example) {
        Path file = Dl4jNetworks.save(Dl4jNetworks.randomized(network), directory.resolve("net.zip"), false);
        Dl4jCheckpoint checkpoint = Dl4jCheckpoint.open(file, "net");
        GaussianData data = new GaussianData(5, example);
        try (ActivationSource plain = checkpoint.withEngine(Engine.DL4J).on(data);
                ActivationSource converted = checkpoint.withEngine(Engine.ONNX).on(data)) {
            assertThat(plain.engine()).hasValue(Engine.DL4J);
            assertThat(converted.engine()).hasValue(Engine.ONNX);
            assertThat(converted.layers()).isEqualTo(plain.layers());
            Map<String, float[]> expected = Dl4jNetworks.activations(plain, 5);
            Map<String, float[]> found = Dl4jNetworks.activations(converted, 5);
            assertThat(found).containsOnlyKeys(expected.keySet());
            SoftAssertions all = new SoftAssertions();
            expected.forEach(
                    (layer, values) -> all.assertThat(Dl4jNetworks.relativeDifference(found.get(layer), values))
                            .as(layer)
                            .isLessThan(SUMMED_OTHERWISE));
            all.assertAll();
        }
    }

    /** All layers side by side, each with what another layer gives. */
    static ComputationGraph sideBySide(InputType input, Layer before, Map<String, Layer> layers) {
        GraphBuilder graph = Dl4jNetworks.settings()
                .activation(Activation.IDENTITY)
                .graphBuilder()
                .addInputs("x")
                .setInputTypes(input)
                .addLayer("before", before, "x");
        layers.forEach((name, layer) -> graph.addLayer(name, layer, "before"));
        return new ComputationGraph(
                graph.setOutputs(layers.keySet().toArray(String[]::new)).build());
    }
}
