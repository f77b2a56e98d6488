package org.lamella.dl4j;

import java.nio.file.Path;
import java.util.List;
import onnx.Onnx.ModelProto;
import onnx.Onnx.ValueInfoProto;
import org.lamella.AtomicFile;

/** A network as an ONNX model, compared with Deeplearning4j. */
public final class ExportedNetwork {
    private final ModelProto model;
    private final Agreement agreement;

    ExportedNetwork(ModelProto model, Agreement agreement) {
        this.model = model;
        this.agreement = agreement;
    }

    /** The graph. */
    public ModelProto model() {
        return model;
    }

    /** How far the outputs are from those of Deeplearning4j; it holds. */
    public Agreement agreement() {
        return agreement;
    }

    public List<String> inputs() {
        return names(model.getGraph().getInputList());
    }

    public List<String> outputs() {
        return names(model.getGraph().getOutputList());
    }

    private static List<String> names(List<ValueInfoProto> values) {
        return values.stream().map(ValueInfoProto::getName).toList();
    }

    /** The version of ONNX's operators. */
    public long operatorSet() {
        return model.getOpsetImport(0).getVersion();
    }

    /** Writes the file, whole or not at all. */
    public void save(Path file) {
        AtomicFile.write(file, model::writeTo);
    }
}
