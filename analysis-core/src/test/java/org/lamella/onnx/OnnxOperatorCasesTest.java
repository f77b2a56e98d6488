package org.lamella.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import onnx.Onnx.ModelProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.ValueInfoProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Layer;
import org.lamella.data.Dataset;
import org.lamella.data.Examples;
import org.lamella.data.NamedInputs;
import org.lamella.model.OnnxCheckpoint;

/**
 * ONNX's own operator cases: a model of one or a few nodes each, with inputs and the outputs expected. Every model that ONNX Runtime
 * runs on the case's inputs must be opened; one with layers is run on the rows of these inputs, and a layer that is an output of
 * the graph must have the values that the case expects.
 *
 * <pre>mvn -pl analysis-core surefire:test -Dtest=OnnxOperatorCasesTest -Dlamella.onnx.cases=/usr/share/libonnx-testdata/data</pre>
 */
@EnabledIfSystemProperty(named = "lamella.onnx.cases", matches = ".+")
class OnnxOperatorCasesTest {
    private final Map<String, Integer> counts = new TreeMap<>();
    private final Map<String, Integer> obstacles = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();

    @Test
    void modelsThatTheRuntimeRuns_areOpenedAndRun() throws IOException {
        List<Path> models;
        try (Stream<Path> files = Files.walk(Path.of(System.getProperty("lamella.onnx.cases")))) {
            models = files.filter(file -> file.endsWith("model.onnx")).sorted().toList();
        }
        assertThat(models).hasSizeGreaterThan(1000);
        for (Path model : models) {
            count("models");
            try {
                examine(model);
            } catch (Exception e) {
                failures.add(model + ": " + e);
            }
        }
        System.out.println(counts);
        obstacles.forEach((obstacle, times) -> System.out.printf("%5d  %s%n", times, obstacle));
        assertThat(failures).isEmpty();
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    private void examine(Path file) throws IOException {
        Map<String, TensorProto> inputs = tensors(file, "input_");
        Optional<Map<String, float[]>> reference = runtime(file, inputs);
        boolean runs = reference.isPresent();
        count(runs ? "the runtime runs" : "the runtime does not run, or their inputs are no tensors");
        OnnxCheckpoint checkpoint;
        try {
            checkpoint = OnnxCheckpoint.open(file, "case");
        } catch (LamellaException e) {
            assertThat(runs).as(file + ": " + e.getMessage()).isFalse();
            count("refused by the runtime");
            return;
        }
        if (!runs) {
            return;
        }
        count("of these opened");
        if (checkpoint.obstacle().isPresent()) {
            count("of these opened, cannot be run on examples");
            obstacle(checkpoint.obstacle().get());
        } else if (checkpoint.layers().isEmpty()) {
            count("of these opened, no layers");
        } else {
            run(file, checkpoint, inputs, reference.orElseThrow());
        }
    }

    private void obstacle(String text) {
        obstacles.merge(text.replaceAll("(zeros|input) .*", "$1 …"), 1, Integer::sum);
    }

    private void run(
            Path file, OnnxCheckpoint checkpoint, Map<String, TensorProto> inputs, Map<String, float[]> reference)
            throws IOException {
        count("of these opened, with layers");
        Map<String, Dataset> rows = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> OnnxTensors.rows(tensor).ifPresent(found -> rows.put(name, found)));
        if (rows.size() < inputs.size()
                || rows.values().stream().mapToInt(Dataset::size).distinct().count() != 1) {
            count("with layers, inputs without rows");
            return;
        }
        Examples examples = new NamedInputs("case", rows);
        List<float[][]> found;
        List<Layer> layers = checkpoint.layers();
        try (ActivationSource source = checkpoint.withThreads(1).on(examples, layers)) {
            found = OnnxExamples.activations(source, OnnxExamples.range(0, examples.size()));
        } catch (LamellaException e) {
            count("with layers, not run");
            obstacle(e.getMessage().substring(file.toString().length() + 2));
            return;
        }
        count("with layers, run");
        compare(file, layers, found, reference);
    }

    private void compare(Path file, List<Layer> layers, List<float[][]> found, Map<String, float[]> reference)
            throws IOException {
        Map<String, TensorProto> expected = tensors(file, "output_");
        ModelProto model = new OnnxContent.InFile(file).parse();
        OnnxNames names = new OnnxNames(model.getGraph());
        for (int i = 0; i < layers.size(); i++) {
            String name = layers.get(i).name();
            Optional<String> output = model.getGraph().getNodeList().stream()
                    .flatMap(node -> node.getOutputList().stream()
                            .filter(tensor -> names.of(node, tensor).equals(name)))
                    .findFirst()
                    .filter(expected::containsKey);
            Optional<float[]> wanted = output.map(expected::get).flatMap(OnnxTensors::numbers);
            if (wanted.isEmpty()) {
                continue;
            }
            // Random numbers, and a few operators whose kernel the case's expectation does not hold for.
            boolean comparable = same(new float[][] {reference.get(output.get())}, wanted.get())
                    && !file.toString().contains("bernoulli");
            count(
                    comparable
                            ? "outputs compared"
                            : "outputs that the runtime itself does not give as the case has them");
            if (comparable && !same(found.get(i), wanted.get())) {
                failures.add(file + ": layer " + name + " differs");
            }
        }
    }

    /** Kernels differ from the reference in their last bits, and float16 has three digits. */
    private static boolean same(float[][] found, float[] expected) {
        int at = 0;
        for (float[] row : found) {
            for (float value : row) {
                if (at == expected.length) {
                    return false;
                }
                if (at == expected.length) {
                    return false;
                }
                float wanted = expected[at++];
                boolean near = Math.abs(value - wanted) <= 2e-3 * Math.abs(wanted) + 2e-4;
                if (!near && Float.compare(value, wanted) != 0) {
                    return false;
                }
            }
        }
        return at == expected.length;
    }

    /** What the runtime returns for the case's inputs; empty if it does not run, or an input is no tensor. */
    private static Optional<Map<String, float[]>> runtime(Path file, Map<String, TensorProto> inputs)
            throws IOException {
        Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
        try (OrtSession session = OnnxEngine.environment().createSession(Files.readAllBytes(file))) {
            for (Map.Entry<String, TensorProto> input : inputs.entrySet()) {
                Optional<OnnxTensor> tensor = OnnxTensors.tensor(input.getValue());
                if (tensor.isEmpty()) {
                    return Optional.empty();
                }
                tensors.put(input.getKey(), tensor.get());
            }
            Map<String, float[]> outputs = new LinkedHashMap<>();
            try (OrtSession.Result result = session.run(tensors)) {
                for (Map.Entry<String, OnnxValue> output : result) {
                    outputs.put(output.getKey(), OnnxTensors.numbers(output.getValue()));
                }
            }
            return Optional.of(outputs);
        } catch (OrtException e) {
            return Optional.empty();
        } finally {
            OnnxValue.close(tensors);
        }
    }

    /** The tensors of the first data set, by the names that the graph has for them. */
    private static Map<String, TensorProto> tensors(Path file, String prefix) throws IOException {
        var graph = new OnnxContent.InFile(file).parse().getGraph();
        List<String> names = (prefix.startsWith("in") ? graph.getInputList() : graph.getOutputList())
                .stream().map(ValueInfoProto::getName).toList();
        Map<String, TensorProto> tensors = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            Path tensor = file.resolveSibling("test_data_set_0").resolve(prefix + i + ".pb");
            if (Files.exists(tensor)) {
                try {
                    tensors.put(names.get(i), TensorProto.parseFrom(Files.readAllBytes(tensor)));
                } catch (IOException e) {
                    // A sequence or an optional tensor, which have messages of their own.
                    tensors.put(names.get(i), TensorProto.getDefaultInstance());
                }
            }
        }
        return tensors;
    }
}
