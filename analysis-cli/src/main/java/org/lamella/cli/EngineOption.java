package org.lamella.cli;

import org.jspecify.annotations.Nullable;
import org.lamella.activation.Engine;
import org.lamella.model.Checkpoint;
import picocli.CommandLine.Option;

/** What is to run the models. */
final class EngineOption {
    @Option(
            names = "--engine",
            paramLabel = "NAME",
            description =
                    "What runs Deeplearning4j and Keras models: onnx (ONNX Runtime) or dl4j. Without it ONNX Runtime,"
                            + " if it gives the same as Deeplearning4j on the first examples.")
    private @Nullable Engine engine;

    /** The model, bound to the engine if one was named. */
    Checkpoint bind(Checkpoint checkpoint) {
        return engine == null ? checkpoint : checkpoint.withEngine(engine);
    }
}
