package org.lamella.prune;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import org.lamella.AtomicFile;
import org.lamella.LamellaException;

/**
 * Writes a model; weights that were in files of their own go to one file beside it, {@code NAME.data}, those that are left alone. They
 * are copied piece by piece, so they may be larger than the heap.
 */
final class CutFile {
    private static final int PIECE = 1 << 20;

    /** Where the runtime can map a weight: at the beginning of a page. */
    private static final long PAGE = 4096;

    private CutFile() {}

    /** Where a weight lies in a file. */
    private record Place(Path file, long offset, long length) {}

    /**
     * Writes the file or the two files.
     *
     * @param folder with the files of weights that the model names
     * @return the files
     */
    static List<Path> save(ModelProto model, Optional<Path> folder, Path file) {
        boolean external = model.getGraph().getInitializerList().stream().anyMatch(CutFile::isExternal);
        if (!external) {
            AtomicFile.write(file, model::writeTo);
            return List.of(file);
        }
        Path in = folder.orElseThrow(
                () -> new LamellaException(file.toString(), "the model has weights in other files, and no folder"));
        Path weights = file.resolveSibling(file.getFileName() + ".data");
        GraphProto.Builder graph = model.getGraph().toBuilder();
        AtomicFile.write(weights, out -> move(graph, in, weights, out));
        ModelProto moved = model.toBuilder().setGraph(graph).build();
        AtomicFile.write(file, moved::writeTo);
        return List.of(file, weights);
    }

    private static boolean isExternal(TensorProto tensor) {
        return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
    }

    private static void move(GraphProto.Builder graph, Path folder, Path weights, OutputStream out) throws IOException {
        long position = 0;
        for (int i = 0; i < graph.getInitializerCount(); i++) {
            TensorProto tensor = graph.getInitializer(i);
            if (!isExternal(tensor)) {
                continue;
            }
            Place place = place(tensor, folder);
            long padding = (PAGE - position % PAGE) % PAGE;
            out.write(new byte[(int) padding]);
            position += padding;
            copy(place, out);
            graph.setInitializer(
                    i,
                    tensor.toBuilder()
                            .clearExternalData()
                            .addExternalData(
                                    entry("location", weights.getFileName().toString()))
                            .addExternalData(entry("offset", Long.toString(position)))
                            .addExternalData(entry("length", Long.toString(place.length()))));
            position += place.length();
        }
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static Place place(TensorProto tensor, Path folder) throws IOException {
        Map<String, String> entries = new HashMap<>();
        tensor.getExternalDataList().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
        Path file = folder.resolve(entries.getOrDefault("location", ""));
        try (FileChannel channel = FileChannel.open(file)) {
            long offset = Long.parseLong(entries.getOrDefault("offset", "0"));
            String length = entries.get("length");
            return new Place(file, offset, length == null ? channel.size() - offset : Long.parseLong(length));
        } catch (NumberFormatException e) {
            throw new LamellaException(
                    file.toString(), "the place of weights %s in it is no number".formatted(tensor.getName()), e);
        }
    }

    private static void copy(Place place, OutputStream out) throws IOException {
        byte[] piece = new byte[PIECE];
        try (FileChannel channel = FileChannel.open(place.file())) {
            long left = place.length();
            long position = place.offset();
            while (left > 0) {
                int read = channel.read(ByteBuffer.wrap(piece, 0, (int) Math.min(PIECE, left)), position);
                if (read < 0) {
                    throw new EOFException(place.file() + " is shorter than the model says");
                }
                out.write(piece, 0, read);
                position += read;
                left -= read;
            }
        }
    }
}
