package org.lamella.keras;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.lamella.LamellaException;

/**
 * The structure of a Keras model, as JSON that Deeplearning4j imports: always a functional model, as its import of a chain misses
 * layers that need to know the one before them; without what only training needs; with the version of Keras and its backend.
 */
record KerasStructure(Path path, ObjectNode model) {
    private static final Set<String> FUNCTIONAL = Set.of("Functional", "Model");

    /** The major versions whose structures Deeplearning4j knows. */
    private static final Set<Character> VERSIONS = Set.of('1', '2');

    static KerasStructure of(Path path, KerasArchive archive) {
        String version = archive.text("keras_version").orElse("1");
        if (version.isEmpty() || !VERSIONS.contains(version.charAt(0))) {
            throw new LamellaException(
                    path.toString(),
                    "was saved by Keras %s; models of Keras 1 and 2 are imported. Export it: model.export('model.onnx', format='onnx')"
                            .formatted(version));
        }
        JsonNode whole = parse(path, archive.structure());
        String kind = whole.path("class_name").asText();
        if (!(whole instanceof ObjectNode model) || !(kind.equals("Sequential") || FUNCTIONAL.contains(kind))) {
            throw new LamellaException(
                    path.toString(),
                    "its model is of class %s; Sequential and functional models are imported".formatted(kind));
        }
        model.put("keras_version", version);
        model.put("backend", archive.text("backend").orElse("tensorflow"));
        forgetTraining(model);
        if (kind.equals("Sequential")) {
            connect(path, model);
        }
        requireOrder(path, model);
        return new KerasStructure(path, model);
    }

    private static JsonNode parse(Path path, String text) {
        try {
            return JsonMapper.builder().build().readTree(text);
        } catch (JsonProcessingException e) {
            throw new LamellaException(
                    path.toString(), "its attribute model_config is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    JsonNode layers() {
        return layers(model);
    }

    private static JsonNode layers(JsonNode model) {
        JsonNode config = model.path("config");
        return config.isArray() ? config : config.path("layers");
    }

    /** Of one example at the first input; empty if a length is open. */
    List<Integer> inputShape() {
        for (JsonNode layer : layers()) {
            JsonNode shape = layer.path("config").path("batch_input_shape");
            if (layer.path("class_name").asText().equals("InputLayer") && shape.isArray()) {
                List<Integer> lengths = new ArrayList<>();
                shape.forEach(length -> lengths.add(length.asInt()));
                List<Integer> example = lengths.subList(1, lengths.size());
                return example.stream().allMatch(length -> length > 0) ? List.copyOf(example) : List.of();
            }
        }
        return List.of();
    }

    static String name(JsonNode layer) {
        return layer.path("config").path("name").asText("without a name");
    }

    /** How weights were first drawn and then held in bounds; Deeplearning4j does not know all of it, and the weights are there. */
    private static void forgetTraining(JsonNode node) {
        if (node instanceof ObjectNode object) {
            List<String> fields = new ArrayList<>();
            object.fieldNames().forEachRemaining(fields::add);
            for (String field : fields) {
                if (field.endsWith("_initializer")) {
                    object.putObject(field).put("class_name", "Zeros").putObject("config");
                } else if (field.endsWith("_regularizer") || field.endsWith("_constraint")) {
                    object.putNull(field);
                }
            }
        }
        node.forEach(KerasStructure::forgetTraining);
    }

    /** Makes a chain of layers a functional model, with an input layer if it has none. */
    private static void connect(Path path, ObjectNode model) {
        List<ObjectNode> chain = new ArrayList<>();
        for (JsonNode layer : layers(model)) {
            if (!(layer instanceof ObjectNode object)) {
                throw new LamellaException(path.toString(), "its model_config lists what is no layer");
            }
            chain.add(object);
        }
        if (chain.isEmpty()) {
            throw new LamellaException(path.toString(), "its model has no layers");
        }
        if (!chain.get(0).path("class_name").asText().equals("InputLayer")) {
            chain.add(0, input(path, chain.get(0)));
        }
        ObjectNode config = model.putObject("config");
        config.put("name", "model");
        ArrayNode layers = config.putArray("layers");
        String last = "";
        for (ObjectNode layer : chain) {
            layer.put("name", name(layer));
            ArrayNode inbound = layer.putArray("inbound_nodes");
            if (!last.isEmpty()) {
                connection(inbound.addArray().addArray(), last).addObject();
            }
            last = name(layer);
            layers.add(layer);
        }
        connection(config.putArray("input_layers").addArray(), name(chain.get(0)));
        connection(config.putArray("output_layers").addArray(), last);
        model.put("class_name", "Functional");
    }

    private static ArrayNode connection(ArrayNode to, String layer) {
        return to.add(layer).add(0).add(0);
    }

    private static ObjectNode input(Path path, ObjectNode first) {
        JsonNode shape = first.path("config").path("batch_input_shape");
        if (!shape.isArray()) {
            throw new LamellaException(
                    path.toString(), "its first layer %s does not say the shape of the input".formatted(name(first)));
        }
        ObjectNode input = JsonMapper.builder().build().createObjectNode();
        input.put("class_name", "InputLayer");
        input.putObject("config").put("name", name(first) + "_input").set("batch_input_shape", shape.deepCopy());
        return input;
    }

    /** Deeplearning4j looks for the layers before another without end if they are not there. */
    private static void requireOrder(Path path, ObjectNode model) {
        Set<String> known = new HashSet<>();
        for (JsonNode layer : layers(model)) {
            for (JsonNode node : layer.path("inbound_nodes")) {
                for (JsonNode source : node) {
                    if (!known.contains(source.path(0).asText())) {
                        throw new LamellaException(
                                path.toString(),
                                "layer %s (%s) takes %s, which is no layer before it"
                                        .formatted(
                                                name(layer),
                                                layer.path("class_name").asText(),
                                                source.path(0)));
                    }
                }
            }
            known.add(name(layer));
        }
    }
}
