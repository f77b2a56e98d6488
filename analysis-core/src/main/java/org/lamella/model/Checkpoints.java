package org.lamella.model;

import java.nio.file.Files;
import java.nio.file.Path;
import org.lamella.LamellaException;

/** Opens models by what their files are. */
public final class Checkpoints {
    static final String KINDS =
            "read are Deeplearning4j zips, ONNX models, Keras models (.h5), SameDiff graphs (.fb), and stored activations (.npz,"
                    + " .npy, a folder of .npy, .safetensors, HDF5)";

    private Checkpoints() {}

    /** Opens a checkpoint, which is called by its file's stem. */
    public static Checkpoint open(Path path) {
        Model model = open(path, stem(path));
        if (model instanceof Checkpoint checkpoint) {
            return checkpoint;
        }
        model.close();
        throw new LamellaException(path.toString(), "holds stored activations, not a model that can be run");
    }

    /**
     * Opens a model named as on a command line: {@code path} or {@code name=path}.
     *
     * @throws LamellaException if there is no such file, or it is none that is read, or broken
     */
    public static Model openNamed(String named) {
        int equals = named.indexOf('=');
        if (equals < 1 || Files.exists(Path.of(named))) {
            return open(Path.of(named), stem(Path.of(named)));
        }
        String name = named.substring(0, equals);
        if (!name.matches("[^/\\\\:*?\"<>|]+")) {
            throw new LamellaException(named, "the name before '=' must be usable as a file's name");
        }
        return open(Path.of(named.substring(equals + 1)), name);
    }

    private static String stem(Path path) {
        Path name = path.toAbsolutePath().normalize().getFileName();
        return name == null ? "model" : name.toString().replaceFirst("(?<=.)\\.[A-Za-z0-9]{1,11}$", "");
    }

    /** Opens a model under a name. */
    public static Model open(Path path, String name) {
        FileKind kind = FileKinds.of(path);
        return switch (kind) {
            case ONNX -> OnnxCheckpoint.open(path, name);
            case DL4J -> Dl4jCheckpoint.open(path, name);
            case KERAS -> Dl4jCheckpoint.openKeras(path, name);
            case SAME_DIFF -> SameDiffCheckpoint.open(path, name);
            case STORED -> StoredModel.open(path, name);
            default -> throw new LamellaException(path.toString(), kind.advice(path.toString()));
        };
    }
}
