package org.lamella.onnx;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.bytedeco.javacpp.Pointer;
import org.lamella.activation.ActivationSource;
import org.lamella.model.OnnxCheckpoint;

/** Prints by how many bytes a process is larger, at most, while a model on 3 x 32 x 32 images runs within bounds of memory. */
final class OnnxPeak {
    private OnnxPeak() {}

    public static void main(String[] arguments) {
        OnnxExamples data = OnnxExamples.normal(128, 4, 3, 32, 32);
        OnnxCheckpoint checkpoint = OnnxCheckpoint.open(Path.of(arguments[0]), "model")
                .withThreads(2)
                .withMemory(Long.parseLong(arguments[1]));
        long before = Pointer.physicalBytes();
        long highest = before;
        try (ActivationSource source = checkpoint.on(data)) {
            for (int i = 0; i < 3; i++) {
                long[] seen = {0};
                source.forward(OnnxExamples.range(0, 128), (layer, activation) -> {
                    seen[0] = Math.max(seen[0], Pointer.physicalBytes());
                    return CompletableFuture.completedFuture(null);
                });
                highest = Math.max(highest, seen[0]);
            }
        }
        System.out.println(highest - before);
    }
}
