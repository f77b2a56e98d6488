package org.lamella.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.array.Hdf5File;
import org.lamella.samediff.SameDiffModel;

/** Tells what a file or a folder is: by its content, and by its name only where the content says nothing. */
final class FileKinds {
    private static final int HEAD = 4096;
    private static final int TAR_MAGIC = 257;

    /** How PyTorch began its files before version 1.6: a pickle of the number 0x1950a86a20f9469cfc6c. */
    private static final byte[] TORCH_MAGIC = {
        (byte) 0x8a, 0x0a, 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20, 0x6a, (byte) 0xa8, 0x50, 0x19
    };

    private FileKinds() {}

    /**
     * @throws LamellaException if there is no such file, or it is none of these kinds, or a zip archive is broken
     */
    static FileKind of(Path path) {
        try {
            if (Files.isDirectory(path)) {
                return ofFolder(path);
            }
            if (!Files.isRegularFile(path)) {
                throw new LamellaException(path.toString(), "there is no such file");
            }
            FileKind kind = ofFile(path);
            if (kind != null) {
                return kind;
            }
        } catch (IOException e) {
            throw new LamellaException(path.toString(), "cannot be read: " + e, e);
        }
        throw new LamellaException(path.toString(), "is no kind of file that is read; " + Checkpoints.KINDS);
    }

    private static FileKind ofFolder(Path path) throws IOException {
        Set<String> names;
        try (Stream<Path> inside = Files.list(path)) {
            names = inside.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
        if (names.contains("saved_model.pb") || names.contains("saved_model.pbtxt")) {
            return FileKind.SAVED_MODEL;
        }
        if (names.contains("model.json") && isTensorflowJs(path.resolve("model.json"))) {
            return FileKind.TF_JS;
        }
        if (names.contains("Manifest.json") && names.contains("Data")) {
            return FileKind.CORE_ML;
        }
        if (names.contains("config.json") && names.stream().anyMatch(name -> name.matches(".*\\.(safetensors|bin)"))) {
            return FileKind.TRANSFORMERS;
        }
        return FileKind.STORED;
    }

    private static @Nullable FileKind ofFile(Path path) throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(path)) {
            head = in.readNBytes(HEAD);
        }
        if (head.length == 0) {
            throw new LamellaException(path.toString(), "is empty");
        }
        String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.startsWith("PK")) {
            return ofZip(path);
        }
        if (text.startsWith("\u0093NUMPY")) {
            return FileKind.STORED;
        }
        if (Hdf5File.matches(path)) {
            return ofHdf5(path);
        }
        FileKind magic = ofMagic(head, text, name);
        if (magic != null) {
            return magic;
        }
        if (isSafetensors(head, Files.size(path))) {
            return FileKind.STORED;
        }
        if (text.startsWith("{") && isTensorflowJs(path)) {
            return FileKind.TF_JS;
        }
        return ofProtobuf(path, name);
    }

    private static FileKind ofHdf5(Path path) {
        if (Hdf5File.rootHasAttribute(path, "model_config")) {
            return FileKind.KERAS;
        }
        return Hdf5File.rootHasAttribute(path, "layer_names") ? FileKind.KERAS_WEIGHTS : FileKind.STORED;
    }

    private static @Nullable FileKind ofMagic(byte[] head, String text, String name) {
        if (head[0] == (byte) 0x80 && head.length > 1 && head[1] >= 2 && head[1] <= 5) {
            return ofPickle(text, name);
        }
        if (head[0] == 0x78 && name.endsWith(".joblib")) {
            return FileKind.JOBLIB;
        }
        if (text.startsWith("\u001f\u008b")) {
            return FileKind.GZIP;
        }
        if (text.startsWith("GGUF") || text.matches("(?s)(lmgg|tjgg|fmgg).*")) {
            return FileKind.GGUF;
        }
        if (text.startsWith("TFL3", 4)) {
            return FileKind.TF_LITE;
        }
        if (text.startsWith("MATLAB 5.0")) {
            return FileKind.MATLAB;
        }
        if (text.startsWith("RDX") || text.startsWith("X\n\0\0\0")) {
            return FileKind.R_DATA;
        }
        if (text.startsWith("ustar", TAR_MAGIC)) {
            return FileKind.TAR;
        }
        if (text.startsWith("version https://git-lfs")) {
            return FileKind.LFS_POINTER;
        }
        return text.stripLeading().toLowerCase(Locale.ROOT).matches("(?s)<(!doctype html|html).*")
                ? FileKind.WEB_PAGE
                : null;
    }

    private static FileKind ofPickle(String text, String name) {
        if (text.startsWith(new String(TORCH_MAGIC, StandardCharsets.ISO_8859_1), 2) || text.contains("torch")) {
            return FileKind.PYTORCH;
        }
        return name.endsWith(".joblib") || text.contains("joblib") ? FileKind.JOBLIB : FileKind.PICKLE;
    }

    private static @Nullable FileKind ofZip(Path path) throws IOException {
        Set<String> names;
        try (ZipFile zip = new ZipFile(path.toFile())) {
            names = zip.stream().map(ZipEntry::getName).collect(Collectors.toCollection(HashSet::new));
        } catch (ZipException | EOFException e) {
            String reason = e.getMessage() == null ? "it ends too early" : e.getMessage();
            throw new LamellaException(
                    path.toString(), "is a truncated or broken zip archive (" + reason + "); save it again", e);
        } catch (IllegalArgumentException e) {
            throw new LamellaException(path.toString(), "is a broken zip archive: " + e.getMessage(), e);
        }
        if (names.contains("configuration.json")) {
            return FileKind.DL4J;
        }
        if (names.contains("config.json") && names.contains("model.weights.h5")) {
            return FileKind.KERAS_3;
        }
        // PyTorch puts everything into one folder, whose name is the file's first one.
        List<String> inside = names.stream()
                .map(name -> name.substring(name.indexOf('/') + 1))
                .toList();
        if (inside.contains("constants.pkl") && inside.stream().anyMatch(name -> name.startsWith("code/"))) {
            return FileKind.TORCHSCRIPT;
        }
        if (inside.contains("data.pkl")) {
            return FileKind.PYTORCH;
        }
        if (inside.contains("serialized_exported_program.json") || inside.contains("models/model.json")) {
            return FileKind.TORCH_EXPORT;
        }
        if (names.stream().anyMatch(name -> name.endsWith(".npy"))) {
            return FileKind.STORED;
        }
        throw new LamellaException(path.toString(), "is a zip archive without a model in it; " + Checkpoints.KINDS);
    }

    private static boolean isSafetensors(byte[] head, long size) {
        if (head.length < 10 || head[8] != '{') {
            return false;
        }
        long length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        return length >= 2 && length <= size - 8;
    }

    /** Whether a JSON file has the member that lists the weights of a TensorFlow.js model. */
    private static boolean isTensorflowJs(Path path) throws IOException {
        try (JsonParser json = new JsonFactory().createParser(path.toFile())) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                if (json.currentName().equals("weightsManifest")) {
                    return true;
                }
                json.nextToken();
                json.skipChildren();
            }
            return false;
        } catch (com.fasterxml.jackson.core.JsonProcessingException | java.io.CharConversionException e) {
            return false;
        }
    }

    // The fields of a protobuf message tell ONNX from others; where they do not, the name decides.
    private static @Nullable FileKind ofProtobuf(Path path, String name) throws IOException {
        if (name.endsWith(".mlmodel")) {
            return FileKind.CORE_ML;
        }
        if (name.endsWith(".onnx")) {
            return FileKind.ONNX;
        }
        if (name.endsWith(".fb") || SameDiffModel.matches(path)) {
            return FileKind.SAME_DIFF;
        }
        ProtobufFields fields = ProtobufFields.of(path);
        if (fields.hasMessage(7) && fields.hasMessage(8)) { // ModelProto: graph and opset_import
            return FileKind.ONNX;
        }
        if (name.equals("saved_model.pb")) {
            return FileKind.SAVED_MODEL;
        }
        return name.endsWith(".pb") && fields.hasMessage(1) ? FileKind.TENSORFLOW_GRAPH : null; // GraphDef: node
    }
}
