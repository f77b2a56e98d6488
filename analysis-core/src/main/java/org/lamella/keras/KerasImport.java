package org.lamella.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.modelimport.keras.KerasLayer;
import org.deeplearning4j.nn.modelimport.keras.KerasModel;
import org.deeplearning4j.nn.modelimport.keras.KerasSequentialModel;
import org.deeplearning4j.nn.modelimport.keras.config.KerasLayerConfigurationFactory;
import org.deeplearning4j.nn.modelimport.keras.exceptions.InvalidKerasConfigurationException;
import org.deeplearning4j.nn.modelimport.keras.exceptions.UnsupportedKerasConfigurationException;
import org.deeplearning4j.nn.modelimport.keras.utils.KerasLayerUtils;
import org.deeplearning4j.nn.modelimport.keras.utils.KerasModelBuilder;
import org.deeplearning4j.nn.modelimport.keras.utils.KerasModelUtils;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Has Deeplearning4j make its layers of a Keras structure. Losses and optimisers are not looked at. Deeplearning4j's own way of
 * reading weights needs HDF5's native library; here the weights are read in Java and given to its layers, which know their order
 * of axes.
 *
 * @param structure not modified
 */
record KerasImport(Path path, ObjectNode structure) {
    private static final String SEQUENTIAL = "Sequential";

    ComputationGraphConfiguration configuration() {
        try {
            ComputationGraphConfiguration configuration = model().getComputationGraphConfiguration();
            configuration.setDataType(DataType.FLOAT);
            new ComputationGraph(configuration).calculateIndices();
            return configuration;
        } catch (Exception e) {
            throw refused(e);
        }
    }

    /** The network with the weights of an archive. */
    ComputationGraph network(KerasArchive archive) {
        List<INDArray> read = new ArrayList<>();
        ComputationGraph network = null;
        try {
            KerasModel model = model();
            ComputationGraphConfiguration configuration = model.getComputationGraphConfiguration();
            configuration.setDataType(DataType.FLOAT);
            for (KerasLayer layer : model.getLayersOrdered()) {
                if (layer.getNumParams() > 0) {
                    Map<String, INDArray> parameters = parameters(archive, layer.getLayerName());
                    read.addAll(parameters.values());
                    layer.setWeights(parameters);
                }
            }
            network = new ComputationGraph(configuration);
            network.init();
            KerasModelUtils.copyWeightsToModel(network, model.getLayers());
            return network;
        } catch (Exception e) {
            if (network != null) {
                network.close();
            }
            throw refused(e);
        } finally {
            read.forEach(INDArray::close);
        }
    }

    private KerasModel model()
            throws IOException, InvalidKerasConfigurationException, UnsupportedKerasConfigurationException {
        KerasModelBuilder builder = new KerasModel().modelBuilder().modelJson(structure.toString());
        return SEQUENTIAL.equals(structure.path("class_name").asText())
                ? new KerasSequentialModel(builder)
                : new KerasModel(builder);
    }

    /** Weights by the names that Deeplearning4j's layers have for them. */
    private Map<String, INDArray> parameters(KerasArchive archive, String layer) {
        Map<String, INDArray> parameters = new HashMap<>();
        archive.weights(layer).forEach((name, array) -> parameters.put(parameter(layer, name), array));
        if (parameters.isEmpty()) {
            throw new LamellaException(path.toString(), "there are no weights for layer %s".formatted(layer));
        }
        return parameters;
    }

    /** Of {@code conv/kernel:0} the word {@code kernel}; Keras 1 wrote {@code conv_W} or, on another backend, {@code conv_W:0}. */
    static String parameter(String layer, String path) {
        String last = path.substring(path.lastIndexOf('/') + 1);
        String name = last.startsWith(layer + "_") ? last.substring(layer.length() + 1) : last;
        String direction =
                path.contains("/forward_") ? "forward_" : path.contains("/backward_") ? "backward_" : "";
        return direction + name.replaceFirst(":\\d+$", "").replaceFirst("_\\d+$", "");
    }

    /** Deeplearning4j's messages seldom say which layer they are about; the layers are tried one by one to find it. */
    private LamellaException refused(Exception failure) {
        if (failure instanceof LamellaException own) {
            return own;
        }
        String reason = KerasArchive.firstLine(failure);
        JsonNode config = structure.path("config");
        JsonNode layers = config.isArray() ? config : config.path("layers");
        for (JsonNode layer : layers) {
            String alone = obstacle(layer);
            if (alone != null) {
                return new LamellaException(
                        path.toString(),
                        "layer %s (%s) cannot be imported: %s"
                                .formatted(
                                        layer.path("config").path("name").asText("without a name"),
                                        layer.path("class_name").asText("?"),
                                        alone),
                        failure);
            }
        }
        return new LamellaException(path.toString(), "this Keras model cannot be imported: " + reason, failure);
    }

    @SuppressWarnings("unchecked")
    private @Nullable String obstacle(JsonNode layer) {
        try {
            int version = Integer.parseInt(structure.path("keras_version").asText("1").substring(0, 1));
            Map<String, Object> configuration = JsonMapper.builder().build().convertValue(layer, Map.class);
            configuration.put("keras_version", version);
            configuration.put("backend", structure.path("backend").asText());
            KerasLayerUtils.getKerasLayerFromConfig(
                    configuration, false, KerasLayerConfigurationFactory.get(version), Map.of(), Map.of(), Map.of());
            return null;
        } catch (Exception e) {
            return KerasArchive.firstLine(e);
        }
    }
}
