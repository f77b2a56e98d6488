package org.lamella.onnx;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.lamella.LamellaException;
import org.lamella.activation.LeftOut;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

/**
 * What an ONNX file says of its graph: the input, and every tensor that a node computes, in the order of the file, which is the order
 * of computation. Reading it runs nothing and loads no native library; the weights are not kept.
 *
 * @param outputs the tensors that the graph returns as it is
 * @param inner the nodes that hold graphs of their own, which are not looked into
 * @param weightFiles names of the files beside the model that hold weights
 */
record OnnxGraph(
        OnnxInput input, List<OnnxTap> taps, List<String> outputs, List<LeftOut> inner, List<String> weightFiles) {
    /** Operators whose result follows from the shape of what they are given, not from its values. */
    private static final Set<String> SHAPE_ONLY = Set.of("Shape", "Size");

    OnnxGraph {
        taps = List.copyOf(taps);
        outputs = List.copyOf(outputs);
        inner = List.copyOf(inner);
        weightFiles = List.copyOf(weightFiles);
    }

    /** @throws LamellaException if the file is not a whole ONNX model with one float32 input */
    static OnnxGraph read(Path file) {
        GraphProto graph = parse(file).getGraph();
        OnnxInput input = onlyInput(graph, file);
        List<LeftOut> inner = new ArrayList<>();
        List<OnnxTap> taps = taps(graph, input.name(), inner);
        List<String> outputs =
                graph.getOutputList().stream().map(ValueInfoProto::getName).toList();
        return new OnnxGraph(input, taps, outputs, inner, weightFiles(graph, file));
    }

    /**
     * Names of the files beside the model that hold weights of its outer graph.
     *
     * @throws LamellaException if one lies elsewhere: a model is not to choose among all files of the machine
     */
    private static List<String> weightFiles(GraphProto graph, Path file) {
        List<String> names = graph.getInitializerList().stream()
                .flatMap(weights -> weights.getExternalDataList().stream())
                .filter(entry -> entry.getKey().equals("location"))
                .map(StringStringEntryProto::getValue)
                .distinct()
                .toList();
        for (String name : names) {
            if (!isBeside(name)) {
                throw new LamellaException(
                        file.toString(),
                        "takes weights from '%s', which is not in the model's own folder".formatted(name));
            }
        }
        return names;
    }

    private static boolean isBeside(String name) {
        try {
            Path path = Path.of(name).normalize();
            return !name.isEmpty() && !path.isAbsolute() && !path.startsWith("..");
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static ModelProto parse(Path file) {
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            ModelProto model = ModelProto.parseFrom(bytes);
            if (!model.hasGraph() || model.getGraph().getNodeCount() == 0) {
                throw new LamellaException(
                        file.toString(), "holds no graph: it is not an ONNX model, or not a whole one");
            }
            return model;
        } catch (InvalidProtocolBufferException | IllegalStateException e) { // the parser's own answers to bad lengths
            throw new LamellaException(
                    file.toString(), "is not an ONNX model, or is cut short; export or copy it again", e);
        } catch (NoSuchFileException e) {
            throw new LamellaException(file.toString(), "there is no such file", e);
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    private static OnnxInput onlyInput(GraphProto graph, Path file) {
        // Files of the first format versions name every initializer as an input too.
        Set<String> initializers =
                graph.getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
        List<ValueInfoProto> inputs = graph.getInputList().stream()
                .filter(value -> !initializers.contains(value.getName()))
                .toList();
        if (inputs.size() != 1) {
            throw new LamellaException(
                    file.toString(),
                    "its graph takes %d inputs (%s); only models of one float32 input can be run"
                            .formatted(
                                    inputs.size(),
                                    inputs.stream()
                                            .map(value -> value.getName() + " " + typeName(value.getType()))
                                            .collect(Collectors.joining(", "))));
        }
        ValueInfoProto value = inputs.get(0);
        TypeProto type = value.getType();
        if (!type.hasTensorType() || type.getTensorType().getElemType() != TensorProto.DataType.FLOAT_VALUE) {
            throw new LamellaException(
                    file.toString(),
                    "its input '%s' is %s; only models of one float32 input can be run"
                            .formatted(value.getName(), typeName(type)));
        }
        TensorShapeProto shape = type.getTensorType().getShape();
        if (shape.getDimCount() == 0) {
            throw new LamellaException(
                    file.toString(),
                    "its input '%s' has no declared axes; export the model with the shape of its input, examples first"
                            .formatted(value.getName()));
        }
        List<Integer> lengths = shape.getDimList().stream()
                .map(length -> length(length, value.getName(), file))
                .toList();
        return new OnnxInput(value.getName(), Math.max(0, lengths.get(0)), lengths.subList(1, lengths.size()));
    }

    private static int length(TensorShapeProto.Dimension length, String input, Path file) {
        if (!length.hasDimValue() || length.getDimValue() <= 0) {
            return -1;
        }
        if (length.getDimValue() > Integer.MAX_VALUE) {
            throw new LamellaException(
                    file.toString(), "its input '%s' has an axis of length %d".formatted(input, length.getDimValue()));
        }
        return (int) length.getDimValue();
    }

    private static String typeName(TypeProto type) {
        if (!type.hasTensorType()) {
            return type.getValueCase().name().replace("_TYPE", "").toLowerCase(Locale.ROOT);
        }
        TensorProto.DataType element =
                TensorProto.DataType.forNumber(type.getTensorType().getElemType());
        return element == null ? "of an unknown type" : element.name().toLowerCase(Locale.ROOT);
    }

    private static List<OnnxTap> taps(GraphProto graph, String input, List<LeftOut> inner) {
        OnnxNames names = new OnnxNames(graph);
        OnnxWeights weights = new OnnxWeights(graph);
        Set<String> reached = new HashSet<>(Set.of(input));
        Set<String> valued = new HashSet<>(Set.of(input));
        Map<String, OnnxTap> taps = new HashMap<>();
        List<OnnxTap> ordered = new ArrayList<>();
        for (NodeProto node : graph.getNodeList()) {
            List<String> sources = new ArrayList<>(node.getInputList());
            int innerNodes = innerNodes(node, sources);
            boolean isReached = sources.stream().anyMatch(reached::contains);
            boolean isValued =
                    !SHAPE_ONLY.contains(node.getOpType()) && sources.stream().anyMatch(valued::contains);
            long parameters = weights.take(node, isReached);
            for (String tensor : node.getOutputList()) {
                if (tensor.isEmpty()) {
                    continue;
                }
                if (isReached) {
                    reached.add(tensor);
                }
                if (isValued) {
                    valued.add(tensor);
                }
                OnnxTap tap = new OnnxTap(names.of(node, tensor), tensor, node.getOpType(), parameters, isValued);
                parameters = 0;
                if (taps.put(tensor, tap) == null) {
                    ordered.add(tap);
                }
            }
            if (innerNodes > 0) {
                inner.add(new LeftOut(
                        names.of(node, node.getOutputCount() == 0 ? "" : node.getOutput(0)),
                        node.getOpType(),
                        "the %d nodes of its inner graphs are not looked into".formatted(innerNodes)));
            }
        }
        return ordered;
    }

    /** Counts the nodes inside a node's own graphs, and adds what they take from the outer graph to its sources. */
    private static int innerNodes(NodeProto node, List<String> sources) {
        int count = 0;
        for (AttributeProto attribute : node.getAttributeList()) {
            List<GraphProto> graphs = new ArrayList<>(attribute.getGraphsList());
            if (attribute.hasG()) {
                graphs.add(attribute.getG());
            }
            for (GraphProto graph : graphs) {
                for (NodeProto within : graph.getNodeList()) {
                    sources.addAll(within.getInputList());
                    count += 1 + innerNodes(within, sources);
                }
                // A branch may hand a tensor of the outer graph straight on.
                graph.getOutputList().forEach(value -> sources.add(value.getName()));
            }
        }
        return count;
    }
}
