package org.lamella.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.ValueInfoProto;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.CodedInputStream;
import org.nd4j.shade.protobuf.WireFormat;

/**
 * Cuts out of a model what some of its tensors need, and makes these its outputs.
 *
 * <p>A model is copied field by field as it lies in the file: nodes that no tensor wanted needs are left out, and so are the outputs
 * that the graph declares. Protobuf merges the parts of a message that come twice, so a second graph behind the first adds what is
 * new: an output for each tensor wanted, and a {@code Cast} for each that is not float32. Weights are copied all; those that
 * nothing uses any more are dropped by the runtime.
 */
final class OnnxCut {
    /** The operator set whose {@code Cast} is used where a file names no set of the standard operators. */
    private static final int OPERATOR_SET = 13;

    private final OnnxGraph graph;
    private final Collection<OnnxOutput> outputs;
    private final BitSet nodes;
    private int node;

    private OnnxCut(OnnxGraph graph, Collection<OnnxOutput> outputs) {
        this.graph = graph;
        this.outputs = outputs;
        Set<String> tensors = new LinkedHashSet<>();
        outputs.forEach(output -> tensors.add(output.tensor()));
        this.nodes = graph.nodes().needed(tensors);
    }

    /**
     * @param model not modified
     * @param graph what was read from the same bytes
     * @return new memory that holds the model, and is the caller's
     */
    static BytePointer of(ByteBuffer model, OnnxGraph graph, Collection<OnnxOutput> outputs) throws IOException {
        OnnxCut cut = new OnnxCut(graph, outputs);
        byte[] added = cut.added().toByteArray();
        // Beside what is copied and added, only the length of a graph is written anew.
        BytePointer memory = new BytePointer(Math.addExact((long) model.remaining(), added.length));
        try {
            ByteBuffer target = memory.asByteBuffer();
            cut.copyModel(model, target);
            target.put(added);
            return memory.limit(target.position());
        } catch (IOException | RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    private void copyModel(ByteBuffer model, ByteBuffer target) throws IOException {
        int start = model.position();
        CodedInputStream in = CodedInputStream.newInstance(model.duplicate());
        int from = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == ModelProto.GRAPH_FIELD_NUMBER) {
                copyGraph(model, start, in, from, target);
            } else {
                in.skipField(tag);
                target.put(model.slice(start + from, in.getTotalBytesRead() - from));
            }
            from = in.getTotalBytesRead();
        }
    }

    private void copyGraph(ByteBuffer model, int start, CodedInputStream in, int from, ByteBuffer target)
            throws IOException {
        int length = in.readRawVarint32();
        int header = in.getTotalBytesRead() - from;
        target.put(model.slice(start + from, header));
        int end = target.position();
        int outer = in.pushLimit(length);
        int field = in.getTotalBytesRead();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int number = WireFormat.getTagFieldNumber(tag);
            in.skipField(tag);
            boolean kept = number == GraphProto.NODE_FIELD_NUMBER
                    ? nodes.get(node++)
                    : number != GraphProto.OUTPUT_FIELD_NUMBER;
            if (kept) {
                target.put(model.slice(start + field, in.getTotalBytesRead() - field));
            }
            field = in.getTotalBytesRead();
        }
        in.popLimit(outer);
        writeLength(target, end, target.position() - end);
    }

    /** Writes a length over an earlier one that ends at a place, in as many bytes; it is not larger. */
    private static void writeLength(ByteBuffer target, int end, int length) {
        int first = end - 1;
        while ((target.get(first - 1) & 0x80) != 0 && end - first < 5) {
            first--;
        }
        int rest = length;
        for (int at = first; at < end; at++) {
            target.put(at, (byte) ((rest & 0x7f) | (at < end - 1 ? 0x80 : 0)));
            rest >>>= 7;
        }
    }

    private ModelProto added() {
        GraphProto.Builder more = GraphProto.newBuilder();
        boolean casts = false;
        for (OnnxOutput output : outputs) {
            more.addOutput(ValueInfoProto.newBuilder().setName(output.name()));
            if (output.how() == OnnxOutput.How.CAST) {
                more.addNode(cast(output));
                casts = true;
            }
        }
        ModelProto.Builder model = ModelProto.newBuilder().setGraph(more);
        if (casts && graph.operatorSet() == 0) {
            model.addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET));
        }
        return model.build();
    }

    private NodeProto cast(OnnxOutput output) {
        AttributeProto.Builder target = AttributeProto.newBuilder().setName("to");
        // The first form of the operator took the type's name.
        if (graph.operatorSet() > 0 && graph.operatorSet() < 6) {
            target.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8("FLOAT"));
        } else {
            target.setType(AttributeProto.AttributeType.INT).setI(TensorProto.DataType.FLOAT_VALUE);
        }
        return NodeProto.newBuilder()
                .setOpType("Cast")
                .addInput(output.tensor())
                .addOutput(output.name())
                .addAttribute(target)
                .build();
    }
}
