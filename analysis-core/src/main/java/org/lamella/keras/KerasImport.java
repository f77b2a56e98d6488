package org.lamella.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.modelimport.keras.KerasLayer;
import org.deeplearning4j.nn.modelimport.keras.KerasModel;
import org.deeplearning4j.nn.modelimport.keras.config.KerasLayerConfigurationFactory;
import org.deeplearning4j.nn.modelimport.keras.exceptions.InvalidKerasConfigurationException;
import org.deeplearning4j.nn.modelimport.keras.exceptions.UnsupportedKerasConfigurationException;
import org.deeplearning4j.nn.modelimport.keras.utils.KerasLayerUtils;
import org.deeplearning4j.nn.modelimport.keras.utils.KerasModelBuilder;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Has Deeplearning4j make its layers of a Keras structure. Losses and optimisers are not looked at. Deeplearning4j's own way of
 * reading weights needs HDF5's native library; here the weights are read in Java and given to its layers, which know their order
 * of axes.
 */
record KerasImport(KerasStructure structure) {
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
            archive.requireRoomFor(configuration.getVertices().values().stream()
                    .mapToLong(vertex -> vertex.numParams(true))
                    .sum());
            network = new ComputationGraph(configuration);
            network.init();
            for (Layer layer : network.getLayers()) {
                fill(layer, model.getLayers().get(layer.conf().getLayer().getLayerName()));
            }
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

    /** Deeplearning4j's own copying lets weights of another length through, into memory that is not theirs. */
    private void fill(Layer layer, @Nullable KerasLayer imported) {
        Map<String, INDArray> parameters = layer.paramTable();
        if (parameters == null) {
            return;
        }
        Map<String, INDArray> read = imported == null ? null : imported.getWeights();
        for (Map.Entry<String, INDArray> entry : parameters.entrySet()) {
            INDArray parameter = entry.getValue();
            INDArray weights = read == null ? null : read.get(entry.getKey());
            if (weights == null || weights.length() != parameter.length()) {
                throw new LamellaException(
                        path(),
                        "layer %s needs weights of %s for %s, and the file has %s"
                                .formatted(
                                        layer.conf().getLayer().getLayerName(),
                                        Arrays.toString(parameter.shape()),
                                        entry.getKey(),
                                        weights == null ? "none" : Arrays.toString(weights.shape())));
            }
            parameter.assign(
                    Arrays.equals(weights.shape(), parameter.shape()) ? weights : weights.reshape(parameter.shape()));
        }
    }

    private KerasModel model()
            throws IOException, InvalidKerasConfigurationException, UnsupportedKerasConfigurationException {
        KerasModelBuilder builder =
                new KerasModel().modelBuilder().modelJson(structure.model().toString());
        return new KerasModel(builder);
    }

    /** Weights by the names that Deeplearning4j's layers have for them. */
    private Map<String, INDArray> parameters(KerasArchive archive, String layer) {
        Map<String, INDArray> parameters = new HashMap<>();
        archive.weights(layer).forEach((name, array) -> parameters.put(parameter(layer, name), array));
        if (parameters.isEmpty()) {
            throw new LamellaException(path(), "there are no weights for layer %s".formatted(layer));
        }
        return parameters;
    }

    /** Of {@code conv/kernel:0} the word {@code kernel}; Keras 1 wrote {@code conv_W} or, on another backend, {@code conv_W:0}. */
    static String parameter(String layer, String path) {
        String last = path.substring(path.lastIndexOf('/') + 1);
        boolean prefixed = last.equals(path) && last.startsWith(layer + "_");
        String name = prefixed ? last.substring(layer.length() + 1) : last;
        String direction = path.contains("/forward_") ? "forward_" : path.contains("/backward_") ? "backward_" : "";
        return direction + name.replaceFirst(":\\d+$", "").replaceFirst("_\\d+$", "");
    }

    /** Deeplearning4j's messages seldom say which layer they are about; its layers are made one by one to find it. */
    private LamellaException refused(Exception failure) {
        if (failure instanceof LamellaException own) {
            return own;
        }
        int version = structure.model().path("keras_version").asText().charAt(0) - '0';
        Map<String, KerasLayer> before = new HashMap<>();
        for (JsonNode layer : structure.layers()) {
            try {
                before.put(KerasStructure.name(layer), made(layer, version, before));
            } catch (Exception e) {
                return new LamellaException(
                        path(),
                        "layer %s (%s) cannot be imported: %s"
                                .formatted(
                                        KerasStructure.name(layer),
                                        layer.path("class_name").asText("?"),
                                        KerasArchive.firstLine(e)),
                        failure);
            }
        }
        return new LamellaException(
                path(), "this Keras model cannot be imported: " + KerasArchive.firstLine(failure), failure);
    }

    @SuppressWarnings("unchecked")
    private KerasLayer made(JsonNode layer, int version, Map<String, KerasLayer> before)
            throws InvalidKerasConfigurationException, UnsupportedKerasConfigurationException {
        Map<String, Object> configuration = JsonMapper.builder().build().convertValue(layer, Map.class);
        configuration.put("keras_version", version);
        configuration.put("backend", structure.model().path("backend").asText());
        return KerasLayerUtils.getKerasLayerFromConfig(
                configuration, false, KerasLayerConfigurationFactory.get(version), Map.of(), Map.of(), before);
    }

    private String path() {
        return structure.path().toString();
    }
}
