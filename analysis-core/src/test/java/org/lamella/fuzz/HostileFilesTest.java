package org.lamella.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamella.array.ArrayFile;
import org.lamella.array.NpzWriter;
import org.lamella.array.StoredArray;
import org.lamella.block.SimilarityCsv;
import org.lamella.data.Dataset;
import org.lamella.data.Datasets;
import org.lamella.dl4j.Dl4jReading;
import org.lamella.keras.KerasReading;
import org.lamella.model.RecognitionReading;
import org.lamella.onnx.OnnxReading;
import org.lamella.run.BlocksFile;
import org.lamella.samediff.SameDiffReading;

/**
 * Damaged files at every reader. A few thousand each by default; {@code -Dlamella.fuzz=1000000} for as many as that, and {@code
 * -Dlamella.fuzz.from=N} to begin at another input: what input N is depends on N and the seeds alone.
 */
class HostileFilesTest {
    private static final long INPUTS = Long.getLong("lamella.fuzz", 500);
    private static final long FROM = Long.getLong("lamella.fuzz.from", 0);
    private static final long HUNG_SECONDS = 20;
    private static final byte[] FIVE_IMAGES = ByteBuffer.allocate(16 + 5 * 6)
            .putInt(0x803)
            .putInt(5)
            .putInt(2)
            .putInt(3)
            .array();

    @TempDir
    Path folder;

    /** The readers: one line each. */
    static List<HostileReader> readers() throws IOException {
        List<byte[]> stored = fixtures("npz", "npy", "safetensors", "h5");
        return List.of(
                new HostileReader("a.npy", fixtures("npy"), HostileFilesTest::readArrays),
                new HostileReader("a.npz", fixtures("npz"), HostileFilesTest::readArrays),
                new HostileReader("a.safetensors", fixtures("safetensors"), HostileFilesTest::readArrays),
                new HostileReader("a.h5", fixtures("h5"), HostileFilesTest::readArrays),
                new HostileReader("data.npz", labelled(), file -> readExamples(Datasets.npz(file))),
                new HostileReader("images.idx", images(), file -> readExamples(Datasets.idx(file, null))),
                new HostileReader("labels.idx", labels(), file -> readExamples(Datasets.idx(fiveImages(file), file))),
                new HostileReader("test_batch.bin", cifar10(), file -> readExamples(Datasets.cifar10(file))),
                new HostileReader("model.onnx", OnnxReading.seeds(), OnnxReading::read),
                new HostileReader("model.zip", Dl4jReading.seeds(), Dl4jReading::read),
                new HostileReader("graph.fb", SameDiffReading.seeds(), SameDiffReading::read),
                new HostileReader("matrix.csv", matrices(), SimilarityCsv::read),
                new HostileReader("blocks.json", blocks(), BlocksFile::read),
                new HostileReader("anything", concat(stored, OnnxReading.seeds()), RecognitionReading::read),
                new HostileReader("model.h5", KerasReading.seeds(), KerasReading::read),
                new HostileReader("data.csv", tables(), file -> readExamples(Datasets.csv(file))),
                new HostileReader("picture.png", pictures(".png"), HostileFilesTest::readPicture),
                new HostileReader("picture.jpg", pictures(".jpg"), HostileFilesTest::readPicture));
    }

    @ParameterizedTest
    @MethodSource("readers")
    void damagedFiles_areReadOrRefusedByName(HostileReader reader) throws Exception {
        Path inner = Files.createDirectories(folder.resolve("inner/most"));
        Set<String> before = temporaryFiles();
        var hostile = new HostileFiles(reader, inner);
        CompletableFuture<Void> work = CompletableFuture.runAsync(() -> {
            try {
                hostile.run(FROM, INPUTS);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        watch(hostile, work);
        System.out.printf(
                "%s: %,d files, %,d read, %,d refused, longest %.2f s, most %,d bytes%n",
                reader, INPUTS, hostile.accepted, hostile.refused, hostile.longestSeconds, hostile.mostBytes);
        assertThat(hostile.failures).isEmpty();
        assertThat(hostile.refused).as("damage is found").isPositive();
        assertThat(hostile.accepted).as("some damage is harmless").isPositive();
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile).filter(file -> !file.endsWith("five.idx")))
                    .as("nothing is written")
                    .containsExactly(inner.resolve(reader.name()));
        }
        assertThat(temporaryFiles()).as("nothing is left behind").isEqualTo(before);
    }

    private static void watch(HostileFiles hostile, CompletableFuture<Void> work)
            throws InterruptedException, ExecutionException {
        while (true) {
            try {
                work.get(1, TimeUnit.SECONDS);
                return;
            } catch (TimeoutException e) {
                assertThat((System.nanoTime() - hostile.began) * 1e-9)
                        .as("seconds on input %d", hostile.input)
                        .isLessThan(HUNG_SECONDS);
            }
        }
    }

    private static Set<String> temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("lamella-"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** First, last and middle rows: what lies between has been checked by then, or is read the same way. */
    private static void readArrays(Path path) {
        try (ArrayFile file = ArrayFile.open(path)) {
            for (StoredArray array : file.arrays()) {
                if (array.rows() > 0 && array.rowLength() > 0) {
                    int[] rows = {0, array.rows() - 1, array.rows() / 2};
                    array.read(rows, FloatBuffer.allocate(Math.multiplyExact(3, array.rowLength())));
                    array.view(0, 1).ifPresent(view -> view.get(0));
                    array.readDouble(array.rows() - 1, array.rowLength() - 1);
                }
            }
        }
    }

    private static void readExamples(org.lamella.data.Examples examples) {
        Dataset data = Dataset.of(examples, "test");
        int[] some = data.size() > 1 ? new int[] {0, data.size() - 1} : new int[1];
        if (data.size() > 0) {
            data.read(some, FloatBuffer.allocate(Math.multiplyExact(some.length, data.features())));
            data.label(data.size() - 1);
            data.id(0);
        }
    }

    /** The folder of the file is its class. */
    private static void readPicture(Path file) {
        readExamples(
                Datasets.images(Objects.requireNonNull(file.resolve("../..").normalize())));
    }

    private static List<byte[]> fixtures(String... endings) throws IOException {
        Path stored = Path.of(Objects.requireNonNull(HostileFilesTest.class.getResource("/stored/make.py"))
                        .getPath())
                .getParent();
        List<byte[]> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(stored)) {
            for (Path file : files.sorted().toList()) {
                if (Arrays.stream(endings).anyMatch(ending -> file.toString().endsWith("." + ending))) {
                    found.add(Files.readAllBytes(file));
                }
            }
        }
        assertThat(found).isNotEmpty();
        return found;
    }

    private static List<byte[]> concat(List<byte[]> some, List<byte[]> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    private static List<byte[]> labelled() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var npz = new NpzWriter(bytes)) {
            npz.add("x", new double[5 * 6], 5, 2, 3);
            npz.add("y", new long[5], 5);
        }
        return List.of(bytes.toByteArray());
    }

    private static List<byte[]> images() throws IOException {
        byte[] floats = ByteBuffer.allocate(12 + 5 * 12)
                .putInt(0xd02)
                .putInt(5)
                .putInt(3)
                .array();
        return List.of(FIVE_IMAGES, floats, gzipped(FIVE_IMAGES));
    }

    private static List<byte[]> labels() throws IOException {
        byte[] labels = ByteBuffer.allocate(8 + 5).putInt(0x801).putInt(5).array();
        return List.of(labels, gzipped(labels));
    }

    /** A good file in the folder's parent, for labels that are damaged. */
    private static Path fiveImages(Path labels) throws IOException {
        Path images = labels.resolveSibling("../five.idx").normalize();
        return Files.exists(images) ? images : Files.write(images, FIVE_IMAGES);
    }

    private static byte[] gzipped(byte[] content) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(content);
        }
        return packed.toByteArray();
    }

    private static List<byte[]> cifar10() {
        byte[] records = new byte[2 * 3073];
        records[0] = 9;
        return List.of(records);
    }

    private static List<byte[]> tables() throws IOException {
        byte[] plain = "id,label,\"a, b\",c\nx,1,0.5,-1e3\n\"y\",0,7,.25\n".getBytes(StandardCharsets.UTF_8);
        return List.of(plain, gzipped(plain), "0.5,1\n2,3\n".getBytes(StandardCharsets.UTF_8));
    }

    private static List<byte[]> pictures(String ending) throws IOException {
        List<byte[]> files = new ArrayList<>();
        Path folder = Path.of(Objects.requireNonNull(HostileFilesTest.class.getResource("/org/lamella/data/images"))
                .getPath());
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file :
                    all.filter(one -> one.toString().endsWith(ending)).sorted().toList()) {
                files.add(Files.readAllBytes(file));
            }
        }
        return files;
    }

    private static List<byte[]> matrices() {
        return Stream.of(
                        "layer,a,\"b, c\"\na,1,0.5\n\"b, c\",0.5,NaN\n",
                        "1;0,25;-0,5\n0,25;1;0\n-0,5;0;1\n",
                        "1.0e+00 5.0e-01\n5.0e-01 1.0e+00\n")
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    private static List<byte[]> blocks() {
        String one = """
            {"layers":["a","b","c","d","e"],"blocks":[{"start":0,"end":4,"first":"a","last":"d","mean":0.9,"min":0.8,
            "apart":["b"],"stability":0.9,"startInterval":[0,1],"endInterval":[4,4]}],"score":0.1}\
            """;
        return Stream.of(one, "{\"models\":[" + one + "]}")
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }
}
