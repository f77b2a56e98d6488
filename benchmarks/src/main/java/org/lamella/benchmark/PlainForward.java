package org.lamella.benchmark;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.ValueInfoProto;
import org.bytedeco.javacpp.FloatPointer;

/**
 * ONNX Runtime alone, as a program without Lamella would use it at its best: every tensor of the network an output, written into
 * memory taken once, a whole batch a run, the runtime's own threads.
 */
final class PlainForward implements AutoCloseable {
    private final List<FloatPointer> memory = new ArrayList<>();
    private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    private final Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
    private final OrtSession session;

    PlainForward(Path network, int batch, int threads) throws IOException, OrtException {
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(network));
        GraphProto.Builder graph = model.getGraph().toBuilder().clearOutput();
        for (NodeProto node : model.getGraph().getNodeList()) {
            graph.addOutput(ValueInfoProto.newBuilder().setName(node.getOutput(0)));
        }
        var bytes = new ByteArrayOutputStream();
        model.toBuilder().setGraph(graph).build().writeTo(bytes);
        try (var options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            session = OrtEnvironment.getEnvironment().createSession(bytes.toByteArray(), options);
        }
        session.getInputInfo().forEach((name, info) -> inputs.put(name, pinned(info, batch)));
        session.getOutputInfo().forEach((name, info) -> outputs.put(name, pinned(info, batch)));
    }

    private OnnxTensor pinned(NodeInfo info, int batch) {
        long[] shape = ((TensorInfo) info.getInfo()).getShape();
        shape[0] = batch;
        long size = 1;
        for (long length : shape) {
            size *= length;
        }
        FloatPointer values = new FloatPointer(size);
        memory.add(values);
        FloatPointer.memset(values, 0, size * Float.BYTES);
        FloatBuffer buffer = values.asBuffer();
        try {
            return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), buffer, shape);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    void batch() {
        try {
            session.run(inputs, outputs).close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws OrtException {
        inputs.values().forEach(OnnxTensor::close);
        outputs.values().forEach(OnnxTensor::close);
        session.close();
        memory.forEach(FloatPointer::close);
    }
}
