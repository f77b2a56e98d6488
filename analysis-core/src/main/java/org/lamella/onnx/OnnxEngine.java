package org.lamella.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.lamella.LamellaException;

/** Opens graphs in ONNX Runtime so that hidden tensors come out, and turns the runtime's failures into one line each. */
final class OnnxEngine {
    private static final int LONGEST_REASON = 300;

    private OnnxEngine() {}

    static OrtEnvironment environment() {
        try {
            // The runtime would also print to the standard error stream what it throws.
            return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "lamella");
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError e) {
            throw new LamellaException(
                    "ONNX Runtime", "its native library cannot be loaded on this machine: " + e.getMessage(), e);
        }
    }

    /**
     * Opens the part of a model that some tensors need, with these as its outputs.
     *
     * <p>The runtime optimises as far as it can, with a layout of its own for convolutions (twice as fast as without): a tensor that
     * is asked for is kept as the model defines it, but how its neighbours are computed, and so the last bits, depend on which
     * tensors are asked for.
     *
     * @param outputs at least one
     */
    static OrtSession open(OnnxContent content, OnnxGraph graph, Collection<OnnxOutput> outputs) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                BytePointer cut = content.read(bytes -> OnnxCut.of(bytes, graph, outputs))) {
            ByteBuffer model = cut.asByteBuffer();
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            // One block for all that a run needs, kept for ever, would be as large as all layers together.
            options.setMemoryPatternOptimization(false);
            // An arena grows by doubling and gives nothing back; without one a ResNet takes as long and half of that
            // memory.
            options.setCPUArenaAllocator(false);
            // Examples are run side by side, one thread a run.
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            Optional<Path> folder = content.folder();
            if (folder.isPresent()) {
                options.addConfigEntry(
                        "session.model_external_initializers_file_folder_path",
                        folder.get().toString());
            }
            return environment().createSession(model, options);
        } catch (OrtException e) {
            throw failure(content.where(), "ONNX Runtime cannot open it", e);
        } catch (IOException e) {
            throw new LamellaException(content.where(), "cannot be read: " + e.getMessage(), e);
        }
    }

    static void close(String where, OrtSession session) {
        try {
            session.close();
        } catch (OrtException e) {
            throw failure(where, "ONNX Runtime cannot close it", e);
        }
    }

    static LamellaException failure(String where, String what, OrtException e) {
        return new LamellaException(where, what + ": " + reason(e), e);
    }

    /** The runtime's message without its error code, source locations and line breaks, at most {@value LONGEST_REASON} characters. */
    static String reason(OrtException e) {
        String message = e.getMessage() == null ? "no reason given" : e.getMessage();
        String reason = message.replaceFirst("^Error code - \\w+ - message:\\s*", "")
                .replaceAll("\\S*/\\S+\\.(cc|cpp|h|hpp):\\d+\\s*", "")
                .replaceAll("\\s+", " ")
                .strip();
        return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + " ...";
    }
}
