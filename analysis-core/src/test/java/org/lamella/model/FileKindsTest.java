package org.lamella.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamella.LamellaException;

/** The beginnings of files are those that the formats' own descriptions give. */
class FileKindsTest {
    @TempDir
    Path folder;

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private Path zip(String name, String... entries) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (String entry : entries) {
                zip.putNextEntry(new ZipEntry(entry));
                zip.write(1);
            }
        }
        return write(name, bytes.toByteArray());
    }

    private static Path fixture(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(FileKindsTest.class.getResource("/stored/" + name))
                .toURI());
    }

    @ParameterizedTest
    @CsvSource({
        "net/data.pkl net/version net/data/0, PYTORCH, torch.onnx.export(model.eval()",
        "net/data.pkl net/constants.pkl net/code/__torch__.py net/data/0, TORCHSCRIPT, torch.jit.load",
        "net/archive_format net/models/model.json, TORCH_EXPORT, torch.export.load",
        "metadata.json config.json model.weights.h5, KERAS_3, keras.saving.load_model"
    })
    void zip_ofAnotherProgram_isAnsweredWithTheWay(String entries, FileKind kind, String way) throws IOException {
        Path file = zip("any.bin", entries.split(" "));
        assertThat(FileKinds.of(file)).isEqualTo(kind);
        assertThatThrownBy(() -> Checkpoints.open(file))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("any.bin: is ")
                .hasMessageContaining(way);
    }

    /** Java's reader of zips asks for the comment that is announced, and says nothing when it is not there. */
    @Test
    void zip_thatAnnouncesACommentAndEnds_isRefusedWithAReason() throws IOException {
        byte[] zip = Files.readAllBytes(zip("any.zip", "a.npy"));
        zip[zip.length - 2] = 5;
        Path file = write("remark.zip", zip);
        assertThatThrownBy(() -> FileKinds.of(file))
                .isInstanceOf(LamellaException.class)
                .hasMessage(file + ": is a truncated or broken zip archive (it ends too early); save it again");
    }

    // Characters stand for bytes.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = true,
            value = {
                "a.pt | 80 02 8a 0a 6c fc 9c 46 f9 20 6a a8 50 19 2e | PYTORCH",
                "a.pkl | 80 04 95 10 00 | PICKLE",
                "a.joblib | 80 04 95 10 00 | JOBLIB",
                "a.joblib | 78 9c 01 02 03 | JOBLIB",
                "a.bin | 1c 00 00 00 54 46 4c 33 00 | TF_LITE",
                "a.bin | 47 47 55 46 03 00 00 00 | GGUF",
                "a.npz | 1f 8b 08 00 | GZIP",
                "a.mat | 4d 41 54 4c 41 42 20 35 2e 30 20 | MATLAB",
                "a.onnx | 76 65 72 73 69 6f 6e 20 68 74 74 70 73 3a 2f 2f 67 69 74 2d 6c 66 73 | LFS_POINTER",
                "a.onnx | 0a 3c 21 44 4f 43 54 59 50 45 20 68 74 6d 6c 3e | WEB_PAGE",
                "a.mlmodel | 08 04 12 00 | CORE_ML",
                "graph.pb | 0a 02 08 01 | TENSORFLOW_GRAPH"
            })
    void file_ofAnotherProgram_isKnownByItsFirstBytes(String name, String hex, FileKind kind) throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (String one : hex.strip().split(" ")) {
            bytes.write(Integer.parseInt(one, 16));
        }
        Path file = write(name, bytes.toByteArray());
        assertThat(FileKinds.of(file)).isEqualTo(kind);
        assertThat(kind.isForeign()).isTrue();
        assertThatThrownBy(() -> Checkpoints.open(file)).isInstanceOf(LamellaException.class);
    }

    @Test
    void folders_ofTensorFlow_areAnsweredWithTheWay() throws IOException {
        Path saved = Files.createDirectory(folder.resolve("saved"));
        Files.write(saved.resolve("saved_model.pb"), new byte[] {8, 1});
        assertThatThrownBy(() -> Checkpoints.open(saved))
                .hasMessageContaining("tf2onnx.convert --saved-model " + saved);
        Path js = Files.createDirectory(folder.resolve("js"));
        String json =
                "{\"format\": \"layers-model\", \"modelTopology\": {\"weightsManifest\": 0}, \"weightsManifest\": []}";
        Files.writeString(js.resolve("model.json"), json);
        assertThat(FileKinds.of(js)).isEqualTo(FileKind.TF_JS);
        assertThat(FileKinds.of(js.resolve("model.json"))).isEqualTo(FileKind.TF_JS);
        Path other =
                Files.writeString(folder.resolve("other.json"), json.replace("}, \"weightsManifest\"", "}, \"x\""));
        assertThatThrownBy(() -> FileKinds.of(other)).hasMessageContaining("no kind of file that is read");
    }

    @Test
    void onnx_underAnyName_isKnownByItsFields() throws IOException {
        byte[] model = ModelProto.newBuilder()
                .setIrVersion(8)
                .setGraph(GraphProto.newBuilder().addNode(NodeProto.newBuilder().setOpType("Relu")))
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .build()
                .toByteArray();
        assertThat(FileKinds.of(write("model.bin", model))).isEqualTo(FileKind.ONNX);
        Path text = write("notes.txt", "just a few words".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> FileKinds.of(text)).hasMessageContainingAll("notes.txt", "no kind of file");
    }

    @ParameterizedTest
    @CsvSource({"stored.npz", "deflated.npz", "library.safetensors", "brain.safetensors", "v110.h5", "earliest.h5"})
    void stored_ofEveryKind_isOpenedUnderAnyName(String fixture) throws Exception {
        Path file = write("anything", Files.readAllBytes(fixture(fixture)));
        assertThat(FileKinds.of(file)).isEqualTo(FileKind.STORED);
        try (Model model = Checkpoints.open(file, "m")) {
            assertThat(model.format()).isEqualTo("stored");
            assertThat(model.layers()).hasSizeGreaterThan(1);
        }
    }
}
