package org.lamella.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.dl4j.Dl4jNetworks.GaussianData;
import org.lamella.model.Dl4jCheckpoint;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class Dl4jFileTest {
    private static final String CONFIGURATION = "configuration.json";
    private static final String COEFFICIENTS = "coefficients.bin";

    @TempDir
    private Path directory;

    private Path good;

    @BeforeEach
    void saveNetwork() {
        good = Dl4jNetworks.save(
                Dl4jNetworks.randomized(new MultiLayerNetwork(Dl4jNetworks.settings()
                        .list()
                        .layer(new DenseLayer.Builder().nIn(4).nOut(3).build())
                        .layer(new OutputLayer.Builder(LossFunction.MSE)
                                .nIn(3)
                                .nOut(2)
                                .build())
                        .build())),
                directory.resolve("good.zip"),
                true);
    }

    private Map<String, byte[]> entries() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(good.toFile())) {
            for (ZipEntry entry : java.util.Collections.list(zip.entries())) {
                entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        return entries;
    }

    private Path zip(Map<String, byte[]> entries) throws IOException {
        Path file = directory.resolve("changed.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
            }
        }
        return file;
    }

    private Path withConfiguration(String json) throws IOException {
        Map<String, byte[]> entries = entries();
        entries.put(CONFIGURATION, json.getBytes(StandardCharsets.UTF_8));
        return zip(entries);
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> run(file))
                .isInstanceOf(LamellaException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    private static void run(Path file) {
        try (ActivationSource source = Dl4jCheckpoint.open(file, "net").on(new GaussianData(2, List.of(4)))) {
            Dl4jNetworks.activations(source, 2);
        }
    }

    /** Both were found by damaging files at random. */
    @Test
    void configuration_withoutSharedSettingsOrLayer_isRefused() throws IOException {
        String chain = new String(entries().get(CONFIGURATION), StandardCharsets.UTF_8);
        assertRefused(
                withConfiguration(chain.replaceFirst("\"layer\"", "\"lawyer\"")), "one of its confs has no layer");
        good = Files.write(directory.resolve("graph.zip"), Dl4jReading.seeds().get(1));
        String graph = new String(entries().get(CONFIGURATION), StandardCharsets.UTF_8);
        assertRefused(
                withConfiguration(graph.replace("\"defaultConfiguration\"", "\"ownConfiguration\"")),
                "lacks the settings that all layers share");
        assertRefused(
                withConfiguration(graph.replaceFirst("\"layerConf\"", "\"layerless\"")),
                "a part that it must have is missing");
        assertRefused(withConfiguration(graph.replace("\"layer\"", "\"lawyer\"")), "of its graph has no layer");
    }

    @Test
    void configuration_withValuesOfAnotherKind_isRefusedByTheirPlace() throws IOException {
        String chain = new String(entries().get(CONFIGURATION), StandardCharsets.UTF_8);
        assertRefused(
                withConfiguration(
                        chain.replaceFirst("\"regularization\" : \\[[^]]*]", "\"regularization\" : \"none\"")),
                "its part confs / [0] / layer / regularization is of another kind than it must be");
        assertRefused(
                withConfiguration(chain.replaceFirst("\"activationFn\" : \\{[^}]*}", "\"activationFn\" : \"none\"")),
                "configuration.json is not a network");
    }

    /** Java's reader of zips looks at an entry's comment when the entry is asked for. */
    @Test
    void zip_withCommentThatIsNoText_isRefused() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries().entrySet()) {
                var commented = new ZipEntry(entry.getKey());
                commented.setComment("remark");
                out.putNextEntry(commented);
                out.write(entry.getValue());
            }
        }
        byte[] damaged = bytes.toString(StandardCharsets.ISO_8859_1)
                .replace("remark", "rem\u00e4rk")
                .getBytes(StandardCharsets.ISO_8859_1);

        assertRefused(
                Files.write(directory.resolve("remark.zip"), damaged),
                "the name or the comment of an entry is not UTF-8");
    }

    @Test
    void files_thatAreNotNetworks_areRefused() throws IOException {
        assertRefused(directory.resolve("none.zip"), "there is no such file");
        assertRefused(directory, "cannot be read");
        assertRefused(Files.write(directory.resolve("empty.zip"), new byte[0]), "not a whole zip file");
        assertRefused(Files.writeString(directory.resolve("text.zip"), "not a zip at all"), "not a whole zip file");
        assertRefused(zip(Map.of("readme.txt", new byte[3])), "without configuration.json");
        assertRefused(zip(Map.of(CONFIGURATION, entries().get(CONFIGURATION))), "without coefficients.bin");
        assertRefused(withConfiguration("{\"a\": 1}"), "neither layers (confs) nor a graph (vertices)");
        assertRefused(withConfiguration("{\"confs\": [}"), "is not JSON");
        assertRefused(withConfiguration("{\"vertices\": {}}"), "configuration.json");
    }

    @Test
    void files_cutOff_areRefused() throws IOException {
        byte[] whole = Files.readAllBytes(good);
        for (int length = 1; length < whole.length; length += whole.length / 20) {
            assertRefused(
                    Files.write(directory.resolve("cut.zip"), Arrays.copyOf(whole, length)), "not a whole zip file");
        }
        Map<String, byte[]> entries = entries();
        byte[] coefficients = entries.get(COEFFICIENTS);
        for (int length : new int[] {0, 5, 40, coefficients.length - 1}) {
            entries.put(COEFFICIENTS, Arrays.copyOf(coefficients, length));
            assertRefused(zip(entries), "the file is cut off");
        }
    }

    private static byte[] header(String mode, long shapeLength, long length, String type) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(mode);
            out.writeLong(shapeLength);
            out.writeUTF("LONG");
            for (int i = 0; i < Math.min(shapeLength, 8); i++) {
                out.writeLong(1);
            }
            out.writeUTF(mode);
            out.writeLong(length);
            out.writeUTF(type);
        }
        return bytes.toByteArray();
    }

    @Test
    void coefficients_ofAnotherNumberOrKind_areRefused() throws IOException {
        Map<String, byte[]> entries = entries();
        Map<byte[], String> refused = Map.of(
                header("MIXED_DATA_TYPES", 8, 22, "FLOAT"),
                        "22 parameters, but the layers in configuration.json have 23",
                header("MIXED_DATA_TYPES", 8, Long.MAX_VALUE, "FLOAT"), "but the layers in configuration.json have 23",
                header("MIXED_DATA_TYPES", 8, -23, "FLOAT"), "but the layers in configuration.json have 23",
                header("MIXED_DATA_TYPES", 8, 23, "COMPRESSED"), "type COMPRESSED",
                header("MIXED_DATA_TYPES", Long.MAX_VALUE, 23, "FLOAT"), "shape of its array",
                header("SOMETHING", 8, 23, "FLOAT"), "does not begin as ND4J's arrays do");
        for (Map.Entry<byte[], String> each : refused.entrySet()) {
            entries.put(COEFFICIENTS, each.getKey());
            assertRefused(zip(entries), each.getValue());
        }
    }

    @Test
    void numbersOfParameters_thatTheFileCannotHold_areRefusedWithoutTheMemory() throws IOException {
        long many = 1L << 33;
        String json = new String(entries().get(CONFIGURATION), StandardCharsets.UTF_8)
                .replace("\"nin\" : 4", "\"nin\" : " + many / 4)
                .replace("\"nout\" : 3", "\"nout\" : 4")
                .replace("\"nin\" : 3", "\"nin\" : 4");
        Map<String, byte[]> entries = entries();
        entries.put(CONFIGURATION, json.getBytes(StandardCharsets.UTF_8));
        entries.put(COEFFICIENTS, header("MIXED_DATA_TYPES", 8, many + 4 + 10, "FLOAT"));

        assertRefused(zip(entries), "more than its");
    }

    @Test
    void configuration_thatUnpacksToGigabytes_isRefused() throws IOException {
        Path bomb = directory.resolve("bomb.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(bomb))) {
            out.putNextEntry(new ZipEntry(CONFIGURATION));
            writeSpaces(out, 100 << 20);
        }
        assertThat(Files.size(bomb)).isLessThan(200_000);
        assertRefused(bomb, "larger than 67,108,864 bytes");
    }

    private static void writeSpaces(OutputStream out, int count) throws IOException {
        byte[] spaces = new byte[1 << 20];
        Arrays.fill(spaces, (byte) ' ');
        for (int written = 0; written < count; written += spaces.length) {
            out.write(spaces);
        }
    }

    @Test
    void configuration_nestedTooDeep_isRefused() throws IOException {
        assertRefused(withConfiguration("{\"confs\": " + "[".repeat(100_000)), "is not JSON");
    }

    @Test
    void configuration_thatNamesOtherClasses_isRefusedBeforeTheyAreLoaded() throws IOException {
        String json = new String(entries().get(CONFIGURATION), StandardCharsets.UTF_8);
        String changed = json.replace("org.deeplearning4j.nn.conf.layers.DenseLayer", Trap.class.getName());
        assertThat(changed).isNotEqualTo(json);

        assertRefused(withConfiguration(changed), "names the class " + Trap.class.getName());
        assertRefused(
                withConfiguration(json.replace("layers.DenseLayer", "layers.NoSuchLayer")),
                "org.deeplearning4j.nn.conf.layers.NoSuchLayer");
        assertThat(Trap.sprung).isFalse();
    }

    @Test
    void objectsOfJavaSerialization_areNotRead() throws IOException {
        ByteArrayOutputStream object = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(object)) {
            out.writeObject(new Trap());
        }
        Map<String, byte[]> entries = entries();
        for (String name : List.of("preprocessor.bin", "normalizer.bin", "updaterState.bin", "../../escaped")) {
            entries.put(name, object.toByteArray());
        }

        run(zip(entries));

        assertThat(Trap.sprung).isFalse();
    }

    /** Notices when it is deserialized. */
    static final class Trap implements Serializable {
        private static final long serialVersionUID = 1L;
        static volatile boolean sprung;

        private void readObject(ObjectInputStream in) {
            sprung = true;
        }
    }

    @Test
    void files_damagedAtRandom_areReadOrRefused() throws IOException {
        Random random = new Random(5);
        Map<String, byte[]> entries = entries();
        entries.remove("updaterState.bin");
        byte[] json = entries.get(CONFIGURATION);
        byte[] coefficients = entries.get(COEFFICIENTS);
        for (int i = 0; i < 300; i++) {
            byte[] damaged = (i % 3 == 0 ? coefficients : json).clone();
            for (int hits = 1 + random.nextInt(2); hits > 0; hits--) {
                damaged[random.nextInt(i % 3 == 0 ? 100 : damaged.length)] = (byte) random.nextInt(128);
            }
            entries.put(CONFIGURATION, i % 3 == 0 ? json : damaged);
            entries.put(COEFFICIENTS, i % 3 == 0 ? damaged : coefficients);
            Path file = zip(entries);
            try {
                run(file);
            } catch (LamellaException e) {
                assertThat(e.getMessage()).startsWith(file.toString()).doesNotContain("\n");
            }
        }
        byte[] whole = Files.readAllBytes(good);
        for (int i = 0; i < 300; i++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            Path file = Files.write(directory.resolve("damaged.zip"), damaged);
            try {
                Dl4jCheckpoint.open(file, "net");
            } catch (LamellaException e) {
                assertThat(e.getMessage()).startsWith(file.toString()).doesNotContain("\n");
            }
        }
    }
}
