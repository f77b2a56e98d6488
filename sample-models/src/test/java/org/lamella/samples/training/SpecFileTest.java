package org.lamella.samples.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.samples.network.Architecture;
import org.lamella.samples.network.Family;

class SpecFileTest {
    @TempDir
    private Path directory;

    @Test
    void specsThatShip_areReadAndNameTheirNetworks() throws IOException {
        try (var files = Files.list(Path.of("specs"))) {
            List<Path> specs = files.filter(Files::isRegularFile).toList();
            assertThat(specs)
                    .hasSizeGreaterThan(4)
                    .allSatisfy(file -> assertThat(SpecFile.read(file).name() + ".json")
                            .isEqualTo(String.valueOf(file.getFileName())));
        }
    }

    private static final String SHORT = """
            name: short
            network: {family: mlp, depth: 3, width: 512}
            data: {train: "idx:a,b", test: "idx:c,d"}
            epochs: 4
            seed: 7
            seeds: {order: 9}
            """;

    @Test
    void fieldsThatAreNotGiven_areAsUsual() throws IOException {
        TrainingSpec spec = SpecFile.read(Files.writeString(directory.resolve("short.yaml"), SHORT));

        assertThat(spec.network()).isEqualTo(Architecture.of(Family.MLP, 3, 512));
        assertThat(spec.fraction()).isEqualTo(1);
        assertThat(spec.batch()).isEqualTo(128);
        assertThat(spec.regularization().l2()).isEqualTo(1e-4);
        assertThat(spec.earlyStopping()).isNull();
        assertThat(spec.seeds()).isEqualTo(new TrainingSpec.Seeds(7, 9, 7, 0));
    }

    @Test
    void specs_printedAndRead_areTheSame() throws IOException {
        TrainingSpec spec = SpecFile.read(Files.writeString(directory.resolve("short.yaml"), SHORT));

        Path printed = Files.writeString(directory.resolve("printed.json"), SpecFile.print(spec));

        assertThat(SpecFile.read(printed)).isEqualTo(spec);
    }

    @Test
    void yamlSpecs_thatAreWrong_areRefused() throws IOException {
        assertRefused("short.yaml", SHORT.replace("epochs: 4", ""), "epochs is missing");
        assertRefused("short.yaml", SHORT.replace("depth: 3", "deep: 3"), "network.depth is missing");
        assertRefused("short.yaml", SHORT.replace("width: 512", "width: 512, parameters: 9"), "one of width");
        assertRefused("short.yaml", SHORT.replace("seed: 7", "seed: seven"), "seed is \"seven\" but must be");
        assertRefused("short.yaml", "- a\n- b\n", "no object with fields");
        assertRefused("short.yaml", "a: [1\n", "not YAML");
        assertRefused("short.yaml", SHORT + "checkpoints: [5]\n", "checkpoints is 5");
        assertRefused("short.yaml", SHORT + "earlyStopping: {patience: 0, validation: 0.1}\n", "patience is 0");
    }

    @Test
    void specs_thatAreWrong_areRefusedInOneLine() throws IOException {
        String good = Files.readString(Path.of("specs", "fashion-resnet14.json"));
        assertRefused("spec.json", "{", "not JSON");
        assertRefused(
                "spec.json", good.replace("\"epochs\": 10", "\"epochs\": 0"), "epochs is 0 but must be 1 or more");
        assertRefused("spec.json", good.replace("\"epochs\": 10,", ""), "epochs");
        assertRefused("spec.json", good.replace("\"epochs\"", "\"epoch\""), "epoch");
        assertRefused("spec.json", good.replace("\"family\": \"resnet\"", "\"family\": \"vgg\""), "network.family: ");
        assertRefused("spec.json", good.replace("fashion-resnet14", "../escaped"), "name is ../escaped");
        assertRefused("spec.json", good.replace("projection", "skip"), "network.shortcut: 'skip' is not one of");
        assertRefused("spec.json", good.replace("projection", "none"), "without shortcuts is of family plain");
        assertThatThrownBy(() -> SpecFile.read(directory.resolve("none.json"))).hasMessageContaining("no such file");
    }

    private void assertRefused(String name, String text, String message) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        assertThatThrownBy(() -> SpecFile.read(file))
                .isInstanceOf(LamellaException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }
}
