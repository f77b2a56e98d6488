package org.lamella.prune;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.ValueInfoProto;

/**
 * Rewrites a graph without some units: what took a unit's exit takes its source, and nodes, weights and declared shapes that nothing
 * needs any more are left out. Inputs and outputs stay, under their names. Units may lie in or behind each other, in any order.
 */
public final class Surgery {
    /** Where a cut model names what was cut, among the properties of its file. */
    public static final String PROPERTY = "lamella.cut";

    private final ModelProto model;
    private final Dataflow flow;

    /** @param model not modified */
    public Surgery(ModelProto model) {
        this.model = model;
        this.flow = new Dataflow(model.getGraph());
    }

    Dataflow flow() {
        return flow;
    }

    /** Names of the nodes that go with some units, or of their first tensors where they have none, in the order of computation. */
    public List<String> removed(Collection<Unit> units) {
        BitSet gone = flow.needed();
        gone.andNot(flow.needed(Cut.of(flow, units)));
        return gone.stream()
                .mapToObj(flow::node)
                .map(node -> node.getName().isEmpty() ? node.getOutput(0) : node.getName())
                .toList();
    }

    /** Whether part of a unit is still needed after others are cut. */
    boolean remains(Unit unit, Collection<Unit> cut) {
        BitSet needed = flow.needed(Cut.of(flow, cut));
        BitSet inside = unit.inside();
        if (unit.drops().isEmpty()) {
            inside.set(flow.producerOf(unit.exit()));
        }
        return inside.intersects(needed) && !cut.contains(unit);
    }

    /** What the cut of some units does to the graph's edges. */
    Cut cut(Collection<Unit> units) {
        return Cut.of(flow, units);
    }

    /** The model without some units. */
    public ModelProto without(Collection<Unit> units) {
        Cut edges = cut(units);
        BitSet needed = flow.needed(edges);
        GraphProto graph = model.getGraph();
        GraphProto.Builder cut = graph.toBuilder()
                .clearNode()
                .clearInitializer()
                .clearSparseInitializer()
                .clearValueInfo()
                .clearQuantizationAnnotation()
                .clearInput();
        Set<String> present = new HashSet<>();
        Set<String> taken = new HashSet<>();
        needed.stream()
                .boxed()
                .flatMap(position -> rewritten(position, edges, needed).stream())
                .forEach(node -> {
                    cut.addNode(node);
                    present.addAll(node.getOutputList());
                    collectTaken(node, taken);
                });
        for (ValueInfoProto output : graph.getOutputList()) {
            String source = edges.resolved(output.getName());
            taken.add(source);
            if (!source.equals(output.getName())) {
                cut.addNode(NodeProto.newBuilder()
                        .setOpType("Identity")
                        .setName(output.getName())
                        .addInput(source)
                        .addOutput(output.getName()));
                present.add(output.getName());
            }
        }
        keepWeights(graph, cut, taken);
        cut.getInputList().forEach(input -> present.add(input.getName()));
        graph.getValueInfoList().stream()
                .filter(value -> present.contains(value.getName()))
                .forEach(cut::addValueInfo);
        graph.getQuantizationAnnotationList().stream()
                .filter(annotation -> present.contains(annotation.getTensorName()))
                .forEach(cut::addQuantizationAnnotation);
        return noted(model.toBuilder().setGraph(cut), units).build();
    }

    /** Inputs stay all, as the callers know them; but those that only give a weight's default go with the weight. */
    private static void keepWeights(GraphProto graph, GraphProto.Builder cut, Set<String> taken) {
        Set<String> gone = new HashSet<>();
        graph.getInitializerList().forEach(weights -> {
            if (taken.contains(weights.getName())) {
                cut.addInitializer(weights);
            } else {
                gone.add(weights.getName());
            }
        });
        graph.getSparseInitializerList().stream()
                .filter(weights -> taken.contains(weights.getValues().getName()))
                .forEach(cut::addSparseInitializer);
        graph.getInputList().stream()
                .filter(input -> !gone.contains(input.getName()))
                .forEach(cut::addInput);
    }

    /** A file that was cut before keeps the names of what went then. */
    private static ModelProto.Builder noted(ModelProto.Builder cut, Collection<Unit> units) {
        List<StringStringEntryProto> kept = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (StringStringEntryProto property : cut.getMetadataPropsList()) {
            if (property.getKey().equals(PROPERTY)) {
                names.add(property.getValue());
            } else {
                kept.add(property);
            }
        }
        units.forEach(unit -> names.add(unit.name()));
        if (names.isEmpty()) {
            return cut;
        }
        return cut.clearMetadataProps()
                .addAllMetadataProps(kept)
                .addMetadataProps(StringStringEntryProto.newBuilder()
                        .setKey(PROPERTY)
                        .setValue(names.stream().collect(Collectors.joining("\n"))));
    }

    private List<NodeProto> rewritten(int position, Cut edges, BitSet needed) {
        if (edges.droppedAt(position).isEmpty()) {
            return List.of(renamed(flow.node(position), edges));
        }
        Addition addition = Addition.of(flow, position);
        return addition.without(flow, edges, flow.isTaken(addition.normalized(), needed, edges));
    }

    private static NodeProto renamed(NodeProto node, Cut edges) {
        boolean hasGraphs = node.getAttributeList().stream().anyMatch(a -> a.hasG() || a.getGraphsCount() > 0);
        if (!hasGraphs && node.getInputList().stream().noneMatch(edges.replaced()::containsKey)) {
            return node;
        }
        NodeProto.Builder changed = node.toBuilder();
        for (int i = 0; i < node.getInputCount(); i++) {
            changed.setInput(i, edges.resolved(node.getInput(i)));
        }
        for (int i = 0; i < node.getAttributeCount(); i++) {
            changed.setAttribute(i, renamed(node.getAttribute(i), edges));
        }
        return changed.build();
    }

    // Names within inner graphs are unique among those outside too, so what is replaced outside means the same inside.
    private static AttributeProto renamed(AttributeProto attribute, Cut edges) {
        if (!attribute.hasG() && attribute.getGraphsCount() == 0) {
            return attribute;
        }
        AttributeProto.Builder changed = attribute.toBuilder();
        if (attribute.hasG()) {
            changed.setG(renamed(attribute.getG(), edges));
        }
        for (int i = 0; i < attribute.getGraphsCount(); i++) {
            changed.setGraphs(i, renamed(attribute.getGraphs(i), edges));
        }
        return changed.build();
    }

    private static GraphProto renamed(GraphProto inner, Cut edges) {
        GraphProto.Builder changed = inner.toBuilder();
        for (int i = 0; i < inner.getNodeCount(); i++) {
            changed.setNode(i, renamed(inner.getNode(i), edges));
        }
        for (int i = 0; i < inner.getOutputCount(); i++) {
            ValueInfoProto output = inner.getOutput(i);
            changed.setOutput(i, output.toBuilder().setName(edges.resolved(output.getName())));
        }
        return changed.build();
    }

    private static void collectTaken(NodeProto node, Set<String> taken) {
        taken.addAll(node.getInputList());
        for (AttributeProto attribute : node.getAttributeList()) {
            List<GraphProto> inner = new ArrayList<>(attribute.getGraphsList());
            if (attribute.hasG()) {
                inner.add(attribute.getG());
            }
            for (GraphProto graph : inner) {
                graph.getNodeList().forEach(each -> collectTaken(each, taken));
                graph.getOutputList().forEach(value -> taken.add(value.getName()));
            }
        }
    }
}
