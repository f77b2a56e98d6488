package org.lamella.activation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.bytedeco.javacpp.FloatPointer;
import org.lamella.LamellaException;
import org.lamella.array.ArrayFile;
import org.lamella.array.StoredArray;
import org.lamella.linalg.NativeMatrix;

/**
 * Activations that were written to files: one array per layer, its first axis counting examples, from an .npz archive, a
 * .safetensors or an HDF5 file (in the order of the file), an .npy file or a folder of .npy files (in the order of their
 * names).
 *
 * <p>Arrays {@value #LABELS} and {@value #IDS} tell of the examples and are never layers.
 *
 * <p>Float32 rows that follow each other are handed over where they lie, in the file's mapping; everything else, and all of a
 * file too large to be mapped, is copied, some layers of one batch at a time.
 */
public final class StoredActivations implements AutoCloseable {
    /** The array of the examples' labels in a file that {@code extract} wrote. */
    public static final String LABELS = "__labels__";

    /** The array of what the user knows the examples by. */
    public static final String IDS = "__ids__";

    private static final Map<String, String> OF_EXAMPLES =
            Map.of(LABELS, "the labels of the examples", IDS, "the names of the examples");

    /** Bytes of a batch that may be in memory while those who compare them are still at the layers before. */
    private static final long MOST_AHEAD = 1L << 28;

    private static final int LARGEST_BUFFER = Integer.MAX_VALUE / Float.BYTES;

    private final Path path;
    private final String name;
    private final List<ArrayFile> files;
    private final List<StoredArray> arrays;
    private final List<Layer> layers;
    private final Map<String, String> leftOut = new LinkedHashMap<>();

    private StoredActivations(Path path, String name, List<ArrayFile> files) {
        this.path = path;
        this.name = name;
        this.files = files;
        List<StoredArray> numbers =
                files.stream().flatMap(file -> file.arrays().stream()).toList();
        this.arrays = numbers.stream()
                .filter(array -> array.isFloating() && !OF_EXAMPLES.containsKey(array.name()))
                .toList();
        this.layers = new ArrayList<>();
        for (StoredArray array : arrays) {
            layers.add(new Layer(layers.size(), array.name(), "array", array.rowShape(), -1));
        }
        for (StoredArray array : numbers) {
            if (!arrays.contains(array)) {
                leaveOut(array.name(), "holds integers (" + array.format() + "), not activations");
            }
        }
        for (ArrayFile file : files) {
            file.unread().forEach(array -> leaveOut(array.name(), array.reason()));
        }
    }

    private void leaveOut(String array, String reason) {
        leftOut.put(array, OF_EXAMPLES.getOrDefault(array, reason));
    }

    /**
     * Opens a file or a folder of arrays. Of compressed archives only the heads are read.
     *
     * @param name what the model is called in a run
     * @throws LamellaException if a file is missing or broken, or the arrays differ in their number of examples
     */
    public static StoredActivations open(Path path, String name) {
        List<ArrayFile> files = new ArrayList<>();
        try {
            for (Path file : filesOf(path)) {
                files.add(ArrayFile.open(file));
            }
            var stored = new StoredActivations(path, name, files);
            stored.checkExamples();
            return stored;
        } catch (RuntimeException e) {
            files.forEach(ArrayFile::close);
            throw e;
        }
    }

    /** The files that hold the arrays, in order. */
    public static List<Path> filesOf(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> inside = Files.list(path)) {
            List<Path> found = inside.filter(file -> file.toString().endsWith(".npy"))
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw new LamellaException(path.toString(), "this folder has no .npy files");
            }
            return found;
        } catch (IOException e) {
            throw new LamellaException(path.toString(), "cannot be listed: " + e.getMessage(), e);
        }
    }

    private void checkExamples() {
        if (arrays.isEmpty()) {
            throw new LamellaException(path.toString(), "holds no arrays of floating-point numbers: " + leftOut);
        }
        StoredArray first = arrays.get(0);
        for (StoredArray array : arrays) {
            if (array.rows() != first.rows()) {
                throw new LamellaException(
                        path.toString(),
                        "array '%s' has %,d examples and array '%s' has %,d; the first axis of all must be the same examples (a model's weights are no activations)"
                                .formatted(first.name(), first.rows(), array.name(), array.rows()));
            }
            if (array.rowLength() == 0) {
                throw new LamellaException(path.toString(), "array '" + array.name() + "' has no features");
            }
        }
    }

    /** What the model is called in a run. */
    public String name() {
        return name;
    }

    /** One layer per array of floating-point numbers. */
    public List<Layer> layers() {
        return List.copyOf(layers);
    }

    /** Arrays that are no layers, each with the reason. */
    public Map<String, String> leftOut() {
        return Collections.unmodifiableMap(leftOut);
    }

    /**
     * The labels of the examples, where the file holds them as whole numbers, one an example.
     *
     * @throws LamellaException if there are others than examples
     */
    public Optional<int[]> labels() {
        return files.stream()
                .flatMap(file -> file.array(LABELS).stream())
                .filter(array -> !array.isFloating() && array.rowLength() == 1)
                .findFirst()
                .map(array -> {
                    requireOneEach(LABELS, array.rows());
                    double[] numbers = array.readDoubles();
                    return Arrays.stream(numbers)
                            .mapToInt(number -> (int) number)
                            .toArray();
                });
    }

    /**
     * What the user knows the examples by, where an .npz archive holds it.
     *
     * @throws LamellaException if there are others than examples
     */
    public Optional<List<String>> ids() {
        Optional<List<String>> ids =
                files.stream().flatMap(file -> file.texts(IDS).stream()).findFirst();
        ids.ifPresent(found -> requireOneEach(IDS, found.size()));
        return ids;
    }

    private void requireOneEach(String array, int count) {
        if (count != arrays.get(0).rows()) {
            throw new LamellaException(
                    path.toString(),
                    "array '%s' tells of %,d examples and there are %,d"
                            .formatted(array, count, arrays.get(0).rows()));
        }
    }

    /** Whether an array that is left out tells of the examples, as those do that are written beside activations. */
    public static boolean isOfExamples(String array) {
        return OF_EXAMPLES.containsKey(array);
    }

    /** Bytes that are unpacked into temporary files when some layers are read; 0 if they are read where they lie. */
    public long unpacked(List<Layer> chosen) {
        return chosen.stream()
                .mapToLong(layer -> arrays.get(layer.index()).unpacked())
                .sum();
    }

    /** The activations of some of the {@link #layers()}; closing the source closes the files. */
    public ActivationSource source(List<Layer> chosen) {
        return new Source(List.copyOf(chosen));
    }

    @Override
    public void close() {
        files.forEach(ArrayFile::close);
    }

    private final class Source implements ActivationSource {
        private final List<Layer> chosen;

        Source(List<Layer> chosen) {
            this.chosen = chosen;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public List<Layer> layers() {
            return chosen;
        }

        @Override
        public int examples() {
            return arrays.get(0).rows();
        }

        @Override
        public void forward(Batch batch, LayerSink sink) {
            List<CompletableFuture<?>> reading = new ArrayList<>();
            long ahead = 0;
            for (int i = 0; i < chosen.size(); i++) {
                StoredArray array = arrays.get(chosen.get(i).index());
                Optional<FloatPointer> view =
                        batch.isContiguous() ? array.view(batch.example(0), batch.size()) : Optional.empty();
                if (view.isPresent()) {
                    reading.add(sink.accept(i, NativeMatrix.view(view.get(), batch.size(), array.rowLength())));
                    continue;
                }
                ahead += (long) batch.size() * array.rowLength() * Float.BYTES;
                if (ahead > MOST_AHEAD) {
                    join(reading);
                    reading.clear();
                    ahead = 0;
                }
                reading.add(handCopy(i, array, batch, sink));
            }
            join(reading);
        }

        private static void join(List<CompletableFuture<?>> reading) {
            CompletableFuture.allOf(reading.toArray(CompletableFuture[]::new)).join();
        }

        private static CompletableFuture<?> handCopy(int layer, StoredArray array, Batch batch, LayerSink sink) {
            NativeMatrix copy = NativeMatrix.allocate(batch.size(), array.rowLength());
            try {
                read(array, batch.examples(), copy);
                return sink.accept(layer, copy).whenComplete((read, failure) -> copy.close());
            } catch (RuntimeException e) {
                copy.close();
                throw e;
            }
        }

        // A buffer ends at 2^31 bytes, a matrix does not.
        private static void read(StoredArray array, int[] wanted, NativeMatrix into) {
            int most = Math.max(1, LARGEST_BUFFER / Math.max(1, array.rowLength()));
            for (int first = 0; first < wanted.length; first += most) {
                int[] some = Arrays.copyOfRange(wanted, first, Math.min(wanted.length, first + most));
                array.read(some, into.buffer(first, some.length));
            }
        }

        @Override
        public void close() {
            StoredActivations.this.close();
        }
    }
}
