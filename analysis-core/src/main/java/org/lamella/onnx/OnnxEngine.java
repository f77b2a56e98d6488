package org.lamella.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collection;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.ValueInfoProto;
import org.bytedeco.javacpp.BytePointer;
import org.lamella.LamellaException;

/**
 * Opens ONNX files in ONNX Runtime so that hidden tensors come out, and turns the runtime's failures into one line each.
 *
 * <p>A tensor comes out once it is an output of the graph. Protobuf merges the parts of a message that come twice, so a second graph
 * that holds nothing but outputs, written behind the end of the file, adds them; the model itself is not rewritten. Weights in
 * files of their own are looked for beside the model, as its producer meant.
 */
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
     * Opens a model with more outputs than it declares.
     *
     * <p>The runtime optimises as far as it can, with a layout of its own for convolutions (twice as fast as without): a tensor that
     * is asked for is kept as the model defines it, but how its neighbours are computed, and so the last bits, depend on which
     * tensors are asked for.
     *
     * @param outputs tensors to return; those that are outputs already may be among them
     */
    static OrtSession open(Path file, Collection<String> outputs, Collection<String> declared) {
        GraphProto.Builder more = GraphProto.newBuilder();
        for (String output : outputs) {
            if (!declared.contains(output)) {
                more.addOutput(ValueInfoProto.newBuilder().setName(output));
            }
        }
        byte[] suffix = ModelProto.newBuilder().setGraph(more).build().toByteArray();
        try (FileChannel channel = FileChannel.open(file)) {
            long size = Math.addExact(channel.size(), suffix.length);
            if (size > Integer.MAX_VALUE) {
                throw new LamellaException(
                        file.toString(),
                        "has %,d bytes; an ONNX file cannot have more than 2 GiB, keep the weights in a file beside it"
                                .formatted(channel.size()));
            }
            try (BytePointer memory = new BytePointer(size);
                    OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                ByteBuffer model = memory.asByteBuffer();
                model.limit((int) channel.size());
                while (model.hasRemaining()) {
                    if (channel.read(model) < 0) {
                        throw new EOFException("the file became shorter while it was read");
                    }
                }
                model.limit((int) size);
                model.put(suffix).flip();
                options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
                // One block for all that a run needs, kept for ever, would be as large as all layers together.
                options.setMemoryPatternOptimization(false);
                // Examples are run side by side, one thread a run.
                options.setIntraOpNumThreads(1);
                options.setInterOpNumThreads(1);
                options.addConfigEntry(
                        "session.model_external_initializers_file_folder_path",
                        String.valueOf(file.toAbsolutePath().getParent()));
                return environment().createSession(model, options);
            }
        } catch (OrtException e) {
            throw failure(file, "ONNX Runtime cannot open it", e);
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    static void close(Path file, OrtSession session) {
        try {
            session.close();
        } catch (OrtException e) {
            throw failure(file, "ONNX Runtime cannot close it", e);
        }
    }

    static LamellaException failure(Path file, String what, OrtException e) {
        return new LamellaException(file.toString(), what + ": " + reason(e), e);
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
