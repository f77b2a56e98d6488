package org.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.array.NpzWriter;

class BlocksCommandTest {
    private static final int EXAMPLES = 200;

    @TempDir
    Path folder;

    private record Answer(int status, String out, String err) {}

    private static Answer lamella(Object... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int status = Main.run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
        return new Answer(status, out.toString(), err.toString());
    }

    /** Ten layers, of which those from 3 to before 8 are the same but for scale. */
    private Path model(String name) throws IOException {
        var random = new Random(3);
        double[] shared = random.doubles(EXAMPLES * 4L, -1, 1).toArray();
        Path file = folder.resolve(name);
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            for (int layer = 0; layer < 10; layer++) {
                double scale = layer;
                npz.add(
                        "l" + layer,
                        layer >= 3 && layer < 8
                                ? Arrays.stream(shared).map(x -> scale * x).toArray()
                                : random.doubles(EXAMPLES * 4L, -1, 1).toArray(),
                        EXAMPLES,
                        4);
            }
        }
        return file;
    }

    private static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    private static void isTheBlock(JsonNode found) {
        assertThat(found.get("blocks")).hasSize(1);
        assertThat(found.at("/blocks/0/start").asInt()).isEqualTo(3);
        assertThat(found.at("/blocks/0/end").asInt()).isEqualTo(8);
        assertThat(found.at("/blocks/0/first").asText()).isEqualTo("l3");
        assertThat(found.at("/blocks/0/last").asText()).isEqualTo("l7");
    }

    @Test
    void blocks_ofRunModelAndCsv_areTheSame() throws IOException {
        Path run = folder.resolve("run");
        Path npz = model("net.npz");
        Answer cka = lamella("cka", npz, "--batch", 20, "--out", run);
        assertThat(cka.status()).as(cka.err()).isZero();
        assertThat(cka.err()).contains("1 block in the 10 layers of net");
        isTheBlock(json(run.resolve("blocks.json")));

        Path ofRun = folder.resolve("of-run.json");
        Answer answer = lamella("blocks", run, "--out", ofRun);
        assertThat(answer.status()).as(answer.err()).isZero();
        assertThat(answer.out())
                .contains("1 block in the 10 layers of net", "3-7", "l3", "l7", "stability", "It comes back in 100 %");
        isTheBlock(json(ofRun));
        assertThat(json(ofRun)).isEqualTo(json(run.resolve("blocks.json")));

        Path ofModel = folder.resolve("model.json");
        assertThat(lamella("blocks", npz, "--batch", 20, "--out", ofModel, "--quiet")
                        .status())
                .isZero();
        assertThat(json(ofModel)).isEqualTo(json(ofRun));

        Path ofCsv = folder.resolve("csv.json");
        assertThat(lamella("blocks", run.resolve("cka.csv"), "--out", ofCsv).status())
                .isZero();
        isTheBlock(json(ofCsv));
        assertThat(json(ofCsv).at("/blocks/0/stability").isNull()).isTrue();
        assertThat(json(ofCsv).get("score").asDouble())
                .isEqualTo(json(ofRun).get("score").asDouble());
    }

    @Test
    void blocks_ofRun_withOtherOptions_areWrittenAndDrawnThere() throws IOException {
        Path run = folder.resolve("run");
        assertThat(lamella("cka", model("net.npz"), "--batch", 20, "--out", run, "--quiet")
                        .status())
                .isZero();
        assertThat(Files.readString(run.resolve("report.html"))).contains("net: 1 block");
        Answer answer = lamella("blocks", run, "--least-layers", 6, "--null", run.resolve("cka.csv"), "--quiet");
        assertThat(answer.status()).as(answer.err()).isZero();
        assertThat(answer.out()).contains("no block in the 10 layers of net", "to compare with: 0.0000");
        assertThat(json(run.resolve("blocks.json")).get("blocks")).isEmpty();
        assertThat(json(run.resolve("blocks.json")).at("/detector/length").asInt())
                .isEqualTo(6);
        assertThat(json(run.resolve("blocks.json")).get("null")).hasSize(1);
        assertThat(Files.readString(run.resolve("report.html"))).contains("net: no block");
    }

    @Test
    void blocks_ofWhatIsNone_saysSoInALine() throws IOException {
        Path csv = Files.writeString(folder.resolve("m.csv"), "1,0.5,0.2\n0.5,1,0.3\n");
        Answer answer = lamella("blocks", csv);
        assertThat(answer.status()).isEqualTo(1);
        assertThat(answer.err().strip().lines()).hasSize(1);
        assertThat(answer.err()).contains("m.csv", "2 rows and 3 columns");
        assertThat(lamella("blocks", csv, "--contrast", 0).status()).isEqualTo(2);
        assertThat(lamella("blocks", csv, "--least-layers", 2).status()).isEqualTo(2);
        assertThat(lamella("blocks", folder.resolve("none.onnx")).status()).isEqualTo(1);
    }
}
