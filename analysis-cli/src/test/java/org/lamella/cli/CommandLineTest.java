package org.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamella.array.NpzWriter;

/** What a user sees: exit status, standard output, and one line on standard error where something is wrong. */
class CommandLineTest {
    @TempDir
    Path folder;

    private record Answer(int status, String out, String err) {
        void isOneLine(String... parts) {
            assertThat(status).as(err).isEqualTo(1);
            assertThat(out).isEmpty();
            assertThat(err.strip().lines()).hasSize(1);
            assertThat(err).startsWith("lamella: ").contains(parts).doesNotContain("Exception");
        }
    }

    private static Answer lamella(Object... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int status = Main.run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
        return new Answer(status, out.toString(), err.toString());
    }

    private Path npz(String name, int examples) throws IOException {
        Path file = folder.resolve(name);
        var random = new Random(1);
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("conv1", random.doubles(examples * 12L).toArray(), examples, 3, 2, 2);
            npz.add("fc", random.doubles(examples * 5L).toArray(), examples, 5);
        }
        return file;
    }

    private Path colourImages() throws IOException {
        Path file = folder.resolve("colour.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("x", new double[8 * 3 * 28 * 28], 8, 3, 28, 28);
        }
        return file;
    }

    private Path idx(int images, int side) throws IOException {
        Path file = folder.resolve("images-%d.gz".formatted(side));
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(ByteBuffer.allocate(16)
                    .order(ByteOrder.BIG_ENDIAN)
                    .putInt(0x803)
                    .putInt(images)
                    .putInt(side)
                    .putInt(side)
                    .array());
            byte[] pixels = new byte[images * side * side];
            new Random(2).nextBytes(pixels);
            out.write(pixels);
        }
        return file;
    }

    @Test
    void cka_storedActivations_writesTheRunAndNamesTheReport() throws IOException {
        Path out = folder.resolve("run");
        Answer answer = lamella("cka", npz("m.npz", 64), "--batch", 16, "--out", out);
        assertThat(answer.status()).as(answer.err()).isZero();
        assertThat(answer.out().strip()).isEqualTo(out.resolve("report.html").toString());
        assertThat(answer.err()).isEmpty();
        for (String file : new String[] {"run.json", "cka.csv", "cka.npz", "cka.png", "cka.svg", "report.html"}) {
            assertThat(out.resolve(file)).isNotEmptyFile();
        }
        assertThat(Files.readString(out.resolve("report.html")))
                .contains("conv1")
                .doesNotContain("http://", "https://");
        byte[] picture = Files.readAllBytes(out.resolve("cka.png"));
        assertThat(lamella("report", out).status()).isZero();
        assertThat(out.resolve("cka.png")).hasBinaryContent(picture);
    }

    @Test
    void cka_layersAndEstimator_areHeeded() throws IOException {
        Path out = folder.resolve("run");
        assertThat(lamella(
                                "cka",
                                npz("m.npz", 64),
                                "--batch",
                                16,
                                "--layers",
                                "f?",
                                "--estimator",
                                "biased",
                                "--out",
                                out)
                        .status())
                .isZero();
        assertThat(Files.readAllLines(out.resolve("cka.csv"))).containsExactly("layer,fc", "fc,1.0");
        assertThat(Files.readString(out.resolve("run.json"))).contains("\"biased\"");
    }

    @Test
    void cka_twiceTheSameModel_needsTwoNames() throws IOException {
        Path file = npz("m.npz", 64);
        Path out = folder.resolve("run");
        lamella("cka", file, file, "--out", out).isOneLine("model 'm'", "name=path");
        assertThat(out).doesNotExist();
        assertThat(lamella("cka", "a=" + file, "b=" + file, "--batch", 32, "--out", out)
                        .status())
                .isZero();
        assertThat(out.resolve("cka/a--b.csv")).isNotEmptyFile();
    }

    @Test
    void cka_wrongFiles_getOneLineAndNoResult() throws IOException {
        Path out = folder.resolve("run");
        Path good = npz("m.npz", 64);
        byte[] bytes = Files.readAllBytes(good);
        Path cut = Files.write(folder.resolve("cut.npz"), Arrays.copyOf(bytes, bytes.length / 2));
        Path text = Files.writeString(folder.resolve("notes.txt"), "hello there");
        Path empty = Files.write(folder.resolve("empty.onnx"), new byte[0]);
        Path noise = Files.write(folder.resolve("noise.onnx"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
        lamella("cka", folder.resolve("none.npz"), "--out", out).isOneLine("none.npz", "no such file");
        lamella("cka", cut, "--out", out).isOneLine("cut.npz");
        lamella("cka", text, "--out", out).isOneLine("notes.txt", "ONNX");
        lamella("cka", empty, "--out", out).isOneLine("empty.onnx", "empty");
        lamella("cka", noise, "--data", "npz:" + good, "--out", out).isOneLine("noise.onnx");
        lamella("cka", good, npz("other.npz", 60), "--out", out).isOneLine("64", "60");
        lamella("cka", npz("few.npz", 3), "--out", out).isOneLine("few", "at least 4");
        lamella("cka", good, "--layers", "conv2", "--out", out).isOneLine("conv2", "conv1");
        assertThat(out).doesNotExist();
    }

    @Test
    void cka_valueNotFinite_leavesNothingThatLooksComplete() throws IOException {
        Path file = folder.resolve("nan.npz");
        double[] values = new Random(3).doubles(64 * 3).toArray();
        values[50 * 3] = Double.NaN;
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("fc", values, 64, 3);
        }
        Path out = folder.resolve("run");
        lamella("cka", file, "--batch", 16, "--out", out).isOneLine("'fc'", "example 50", "NaN");
        assertThat(out.resolve("run.json")).doesNotExist();
        assertThat(out.resolve("cka.csv")).doesNotExist();
        lamella("report", out).isOneLine("not finished", "--resume");
    }

    @Test
    void cka_checkpointWithoutOrWithWrongData_getsOneLine() throws IOException {
        Path out = folder.resolve("run");
        Path model = org.lamella.samples.Samples.checkpoints(folder).get(0);
        lamella("cka", model, "--out", out).isOneLine("--data");
        lamella("cka", model, "--data", "npz:" + colourImages(), "--out", out)
                .isOneLine("takes images of 1 channel", "have 3", "--channels 1");
        lamella("cka", model, "--data", "idx:" + idx(64, 4) + ",none", "--out", out)
                .isOneLine("none", "no such file");
        lamella("cka", model, "--data", "mnist:x", "--out", out).isOneLine("mnist:x", "idx:IMAGES,LABELS");
        lamella("cka", model, "--data", "sample:cifar", "--out", out).isOneLine("sample:cifar", "fashion-mnist");
        assertThat(out).doesNotExist();
    }

    @Test
    void cka_sampleCheckpoint_runsOnSampleImages() throws IOException {
        Path out = folder.resolve("run");
        Path model = org.lamella.samples.Samples.checkpoints(folder).get(0);
        Answer answer = lamella(
                "cka",
                model,
                "--data",
                "sample:fashion-mnist",
                "--examples",
                128,
                "--batch",
                64,
                "--quiet",
                "--out",
                out);
        assertThat(answer.status()).as(answer.err()).isZero();
        assertThat(answer.err()).isEmpty();
        assertThat(Files.readAllLines(out.resolve("layers.csv"))).hasSizeGreaterThan(40);
        assertThat(Files.readString(out.resolve("cka.csv"))).doesNotContain("NaN");
    }

    @Test
    void cka_imagesPreparedForEachModel_areToldInTheRun() throws IOException {
        Path images = Files.createDirectory(folder.resolve("images"));
        var random = new Random(5);
        for (int i = 0; i < 16; i++) {
            var image = new BufferedImage(40 + i, 36, BufferedImage.TYPE_INT_RGB);
            for (int y = 0; y < 36; y++) {
                for (int x = 0; x < 40 + i; x++) {
                    image.setRGB(x, y, random.nextInt());
                }
            }
            ImageIO.write(
                    image, "png", images.resolve("image-%02d.png".formatted(i)).toFile());
        }
        Path model = org.lamella.samples.Samples.checkpoints(folder).get(0);
        Path out = folder.resolve("run");
        Answer answer = lamella(
                "cka",
                "a=" + model,
                "b=" + model,
                "--data",
                "images:" + images,
                "--channels",
                1,
                "--resize",
                28,
                "--for",
                "b:resize=20x16,normalize=mean=0.5,std=0.25",
                "--layers",
                "stem*",
                "--batch",
                8,
                "--quiet",
                "--out",
                out);
        assertThat(answer.status()).as(answer.err()).isZero();
        assertThat(Files.readString(out.resolve("run.json")))
                .contains("\"preparation\": \"1 channels; shorter side 28, centre crop 28 x 28\"")
                .contains("\"preparation\": \"1 channels; resized to 20 x 16; mean [0.5], std [0.25]\"");
        lamella("cka", "a=" + model, "--data", "images:" + images, "--for", "c:resize=3", "--out", out)
                .isOneLine("--for c", "[a]");
        Files.write(images.resolve("image-07.png"), new byte[] {1, 2, 3});
        lamella("cka", "a=" + model, "--data", "images:" + images, "--out", out)
                .isOneLine("image-07.png", "neither a PNG nor a JPEG");
    }

    @Test
    void inspect_sampleCheckpoint_listsItsLayers() throws IOException {
        Path model = org.lamella.samples.Samples.checkpoints(folder).get(0);
        Answer answer = lamella("inspect", model);
        assertThat(answer.status()).isZero();
        assertThat(answer.out()).contains("ConvolutionLayer", "layers,", "parameters");
        assertThat(lamella("inspect", model, "--json").out()).startsWith("{").contains("\"shape\"");
    }

    @Test
    void export_sampleCheckpoint_givesAModelOfTheSameLayers() throws IOException {
        Path model = org.lamella.samples.Samples.checkpoints(folder).get(0);
        Path onnx = folder.resolve("net.onnx");

        Answer answer = lamella("export", model, "--data", "sample:fashion-mnist", "--out", onnx);

        assertThat(answer.status()).as(answer.err()).isZero();
        assertThat(answer.out()).isEqualToIgnoringNewLines(onnx.toString());
        assertThat(answer.err())
                .contains("operator set 17", "largest difference from Deeplearning4j on 32 given examples");
        assertThat(lamella("inspect", onnx).out()).contains("Conv ", "BatchNormalization", "Softmax");
    }

    @Test
    void export_storedActivations_isRefusedAndWritesNothing() throws IOException {
        Path onnx = folder.resolve("net.onnx");

        Answer answer = lamella("export", npz("m.npz", 64), "--out", onnx);

        assertThat(answer.status()).isEqualTo(1);
        assertThat(answer.err())
                .contains("is no Deeplearning4j, Keras or SameDiff model")
                .hasLineCount(1);
        assertThat(onnx).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "kca m.npz",
                "cka",
                "cka m.npz",
                "cka m.npz --out r --batch 3",
                "cka m.npz --out r --batch x",
                "cka m.npz --out r --estimator best",
                "cka m.npz --out r --normalize 3",
                "cka m.npz --out r --resize 12x",
                "cka m.npz --out r --resize 0",
                "cka m.npz --out r --layout chw",
                "cka m.npz --out r --channels 2",
                "cka m.npz --out r --data npy:x --for m",
                "cka m.npz --out r --data npy:x --for m:size=3",
                "cka m.npz --out r --data npy:x --for m:resize=3,resize=4",
                "cka m.npz --out r --data npy:x --for m:normalize=mean=1",
                "cka m.npz --out r --for m:resize=3",
                "cka m.npz --out r --tokenizer t.json",
                "cka m.npz --out r --passes 0",
                "cka m.npz --out r --memory much",
                "cka m.npz --out r --memory -1g",
                "cka m.npz --out r --memory 0"
            })
    void wrongUsage_hasStatusTwo(String line) {
        Answer answer = lamella((Object[]) (line.isEmpty() ? new String[0] : line.split(" ")));
        assertThat(answer.status()).isEqualTo(2);
        assertThat(answer.err()).isNotEmpty().doesNotContain("Exception", "\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cka", "inspect", "export", "demo", "report", "merge", "train"})
    void help_everyCommand_fitsATerminal(String command) {
        Answer answer = command.isEmpty() ? lamella("--help") : lamella(command, "--help");
        assertThat(answer.status()).isZero();
        assertThat(answer.out()).contains("Usage: lamella");
        assertThat(answer.out().lines()).allMatch(text -> text.length() <= 100);
    }

    @Test
    void extract_ofACheckpoint_givesTheSameMatrixAndKeepsLabelsAside() throws IOException {
        Path data = folder.resolve("data.npz");
        var random = new Random(3);
        try (var npz = new NpzWriter(Files.newOutputStream(data))) {
            npz.add("x", random.doubles(40 * 784L).toArray(), 40, 1, 28, 28);
            npz.add("y", new long[40], 40);
        }
        Path checkpoint = org.lamella.samples.Samples.checkpoints(folder).get(0);
        Path archive = folder.resolve("acts.npz");
        Answer answer = lamella(
                "extract", checkpoint, "--data", "npz:" + data, "--examples", 24, "--batch", 12, "--out", archive);
        assertThat(answer.status()).as(answer.err()).isZero();
        assertThat(answer.out().strip()).isEqualTo(archive.toString());
        assertThat(lamella("inspect", archive, "--all").out()).contains("'__labels__'", "the labels of the examples");
        Path direct = folder.resolve("direct");
        Path stored = folder.resolve("stored");
        lamella("cka", checkpoint, "--data", "npz:" + data, "--examples", 24, "--batch", 12, "--out", direct);
        Answer again = lamella("cka", archive, "--batch", 12, "--out", stored);
        assertThat(again.err()).doesNotContain("__labels__");
        assertThat(stored.resolve("cka.csv")).hasSameTextualContentAs(direct.resolve("cka.csv"));
    }

    @Test
    void extract_thatFails_leavesNothing() throws IOException {
        Path good = npz("m.npz", 64);
        Path archive = folder.resolve("acts.npz");
        lamella("extract", good, "--out", folder.resolve("acts.hdf")).isOneLine("acts.hdf", ".npz");
        lamella("extract", good, "--layers", "none", "--out", archive).isOneLine("--layers none");
        Path large = folder.resolve("large.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(large))) {
            npz.add("fc", new double[] {1, 2, 1e6, 4}, 4, 1);
        }
        lamella("extract", large, "--dtype", "float16", "--out", archive).isOneLine("'fc'", "1000000.0", "float16");
        assertThat(folder).isDirectoryNotContaining("glob:**acts*");
    }
}
