package org.lamella.prune;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;

/** Moves the weights of a model into one file. */
final class External {
    private External() {}

    static ModelProto moved(ModelProto model, Path file) throws IOException {
        GraphProto.Builder graph = model.getGraph().toBuilder();
        ByteBuffer bytes = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < graph.getInitializerCount(); i++) {
            TensorProto tensor = graph.getInitializer(i);
            int offset = bytes.position();
            tensor.getFloatDataList().forEach(bytes::putFloat);
            graph.setInitializer(
                    i,
                    tensor.toBuilder()
                            .clearFloatData()
                            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                            .addExternalData(
                                    entry("location", file.getFileName().toString()))
                            .addExternalData(entry("offset", Integer.toString(offset)))
                            .addExternalData(entry("length", Integer.toString(bytes.position() - offset))));
        }
        byte[] used = new byte[bytes.position()];
        bytes.flip().get(used);
        Files.write(file, used);
        return model.toBuilder().setGraph(graph).build();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }
}
