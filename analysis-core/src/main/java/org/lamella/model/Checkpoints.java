package org.lamella.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.lamella.LamellaException;

/** Opens models by what their files are. */
public final class Checkpoints {
    private static final String KINDS =
            "read are Deeplearning4j zips, ONNX models, Keras models (.h5), and stored activations (.npz, .npy, a folder of"
                    + " .npy)";

    private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

    private enum Kind {
        ONNX,
        DL4J,
        KERAS,
        STORED
    }

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
        return switch (kindOf(path)) {
            case ONNX -> OnnxCheckpoint.open(path, name);
            case DL4J -> Dl4jCheckpoint.open(path, name);
            case KERAS -> Dl4jCheckpoint.openKeras(path, name);
            case STORED -> StoredModel.open(path, name);
        };
    }

    private static Kind kindOf(Path path) {
        if (Files.isDirectory(path)) {
            return Kind.STORED;
        }
        if (!Files.isRegularFile(path)) {
            throw new LamellaException(path.toString(), "there is no such file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] start = in.readNBytes(8);
            if (start.length == 0) {
                throw new LamellaException(path.toString(), "is empty");
            }
            if (start.length >= 2 && start[0] == 'P' && start[1] == 'K') {
                return kindOfZip(path);
            }
            if (Arrays.equals(start, HDF5)) {
                return Kind.KERAS;
            }
            if (start.length >= 6 && start[0] == (byte) 0x93 && start[1] == 'N') {
                return Kind.STORED;
            }
        } catch (IOException e) {
            throw new LamellaException(path.toString(), "cannot be read: " + e, e);
        }
        if (path.toString().endsWith(".onnx")) {
            return Kind.ONNX;
        }
        throw new LamellaException(path.toString(), "is no kind of file that is read; " + KINDS);
    }

    private static Kind kindOfZip(Path path) throws IOException {
        try (ZipFile zip = new ZipFile(path.toFile())) {
            if (zip.getEntry("configuration.json") != null) {
                return Kind.DL4J;
            }
            if (zip.stream().anyMatch(entry -> entry.getName().endsWith(".npy"))) {
                return Kind.STORED;
            }
        } catch (ZipException e) {
            throw new LamellaException(
                    path.toString(), "is a truncated or broken zip archive (" + e.getMessage() + "); save it again", e);
        }
        throw new LamellaException(path.toString(), "is a zip archive without a model in it; " + KINDS);
    }
}
