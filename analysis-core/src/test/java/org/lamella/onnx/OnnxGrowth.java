package org.lamella.onnx;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.bytedeco.javacpp.Pointer;
import org.lamella.activation.ActivationSource;
import org.lamella.model.OnnxCheckpoint;

/** Prints by how many bytes the process grows while a model on 3 x 6 x 6 images runs many batches. */
final class OnnxGrowth {
    private OnnxGrowth() {}

    public static void main(String[] arguments) {
        OnnxExamples data = OnnxExamples.normal(16, 4, 3, 6, 6);
        OnnxCheckpoint checkpoint =
                OnnxCheckpoint.open(Path.of(arguments[0]), "model").withThreads(1);
        try (ActivationSource source = checkpoint.on(data)) {
            run(source, 8_000);
            long before = Pointer.physicalBytes();
            run(source, 16_000);
            System.out.println(Pointer.physicalBytes() - before);
        }
    }

    private static void run(ActivationSource source, int batches) {
        for (int i = 0; i < batches; i++) {
            source.forward(
                    OnnxExamples.range(i % 8, 16), (layer, activation) -> CompletableFuture.completedFuture(null));
        }
    }
}
