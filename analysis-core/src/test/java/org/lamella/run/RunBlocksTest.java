package org.lamella.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.Reduction;
import org.lamella.array.NpzWriter;
import org.lamella.block.Block;
import org.lamella.block.BlockDetector;
import org.lamella.block.BlockText;
import org.lamella.block.Blocks;
import org.lamella.block.Explanation;
import org.lamella.block.Stability;
import org.lamella.model.Checkpoints;
import org.lamella.model.Model;
import org.lamella.similarity.Cka;

/** From activations whose block is known in closed form to blocks.json and its explanation. */
class RunBlocksTest {
    private static final int EXAMPLES = 400;
    private static final int LAYERS = 12;

    @TempDir
    Path folder;

    /** Layers 4 to 9 are one activation scaled and shifted, of which CKA is 1; the others are independent of it and each other. */
    private Path activations(String name, int seed) throws IOException {
        var random = new Random(seed);
        double[] shared = random.doubles(EXAMPLES * 5L, -1, 1).toArray();
        Path file = folder.resolve(name);
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            for (int layer = 0; layer < LAYERS; layer++) {
                double[] own = random.doubles(EXAMPLES * 5L, -1, 1).toArray();
                for (int i = 0; i < own.length && layer >= 4 && layer < 10; i++) {
                    own[i] = (layer - 1) * shared[i] + layer;
                }
                npz.add("layer" + layer, own, EXAMPLES, 5);
            }
        }
        return file;
    }

    private RunResult run(Path out, int batch, Path... files) {
        List<Model> models = Arrays.stream(files)
                .map(file -> Checkpoints.openNamed(file.toString()))
                .toList();
        var defaults = Cka.Options.defaults();
        return CkaRun.execute(
                new CkaRun.Request(
                        models,
                        null,
                        LayerSelection.all(),
                        Reduction.FLATTEN,
                        new Cka.Options(defaults.estimator(), batch, 1, 0, 0, 2),
                        out,
                        false,
                        "lamella cka"),
                new CkaRun.Listener() {});
    }

    @Test
    void execute_layersThatAreOne_findsTheirBlockWithItsStability() throws IOException {
        Path out = folder.resolve("run");
        RunResult result = run(out, 40, activations("net.npz", 1));
        assertThat(result.blocks()).hasSize(1);
        assertThat(result.blocks().get(0).blocks()).hasSize(1);
        Block block = result.blocks().get(0).blocks().get(0);
        assertThat(block.start()).isEqualTo(4);
        assertThat(block.end()).isEqualTo(10);
        // CKA does not change with scale and shift; what is left is float32.
        assertThat(block.min()).isCloseTo(1, within(1e-5));
        assertThat(block.stability()).isEqualTo(new Stability(1, 4, 4, 10, 10));

        var json = new ObjectMapper().readTree(out.resolve("blocks.json").toFile());
        assertThat(json.get("layers")).hasSize(LAYERS);
        assertThat(json.at("/layers/11").asText()).isEqualTo("layer11");
        assertThat(json.at("/blocks/0/start").asInt()).isEqualTo(4);
        assertThat(json.at("/blocks/0/end").asInt()).isEqualTo(10);
        assertThat(json.at("/blocks/0/first").asText()).isEqualTo("layer4");
        assertThat(json.at("/blocks/0/last").asText()).isEqualTo("layer9");
        assertThat(json.at("/blocks/0/mean").asDouble()).isEqualTo(block.mean());
        assertThat(json.at("/blocks/0/min").asDouble()).isEqualTo(block.min());
        assertThat(json.at("/blocks/0/stability").asDouble()).isEqualTo(1);
        assertThat(json.get("score").asDouble())
                .isEqualTo(result.blocks().get(0).score());
        assertThat(RunDirectory.open(out).read().blocks()).isEqualTo(result.blocks());
    }

    @Test
    void execute_twoModels_findsEachOnesBlocksInItsOwnPart() throws IOException {
        Path out = folder.resolve("run");
        RunResult result = run(out, 40, activations("a.npz", 1), activations("b.npz", 2));
        assertThat(result.blocks()).extracting(Blocks::model).containsExactly("a", "b");
        for (Blocks found : result.blocks()) {
            assertThat(found.layers()).hasSize(LAYERS);
            assertThat(found.blocks()).extracting(Block::start, Block::end).containsExactly(tuple(4, 10));
            assertThat(found.blocks().get(0).stability()).isEqualTo(new Stability(1, 4, 4, 10, 10));
        }
        var json = new ObjectMapper().readTree(out.resolve("blocks.json").toFile());
        assertThat(json.at("/models/1/model").asText()).isEqualTo("b");
        assertThat(json.at("/models/1/blocks/0/end").asInt()).isEqualTo(10);
        assertThat(RunDirectory.open(out).read().blocks()).isEqualTo(result.blocks());
    }

    @Test
    void execute_oneBatch_leavesTheStabilityOpen() throws IOException {
        Path out = folder.resolve("run");
        run(out, EXAMPLES, activations("net.npz", 1));
        var json = new ObjectMapper().readTree(out.resolve("blocks.json").toFile());
        assertThat(json.at("/blocks/0/end").asInt()).isEqualTo(10);
        assertThat(json.at("/blocks/0/stability").isNull()).isTrue();
    }

    @Test
    void explanation_fromTablesOfComponents_isTheirMeansOverTheBlock() throws IOException {
        var block = new Block(1, 4, "b", "d", 0.9, 0.88, 0.3, 0.4, 0.3, List.of("c"), null);
        var blocks = new Blocks("net", List.of("a", "b", "c", "d"), List.of(block));
        assertThat(RunBlocks.explained(List.of(blocks), folder)
                        .get(0)
                        .blocks()
                        .get(0)
                        .explanation())
                .isNull();
        Files.writeString(
                folder.resolve("components.csv"),
                "layer,pc1_variance_fraction,effective_rank,examples,more\n"
                        + "a,0.1,3,50,x\n"
                        + "b,0.6,2,50,x\n"
                        + "c,0.99,1,50,x\n"
                        + "d,0.8,1,50,x\n");
        Files.writeString(
                folder.resolve("pc1-cosine.csv"),
                "layer,a,b,c,d\na,1,0,0,0\nb,0,1,0.2,0.95\nc,0,0.2,1,0.3\nd,0,0.95,0.3,1\n");
        Files.writeString(
                folder.resolve("cka-without-pc1.csv"),
                "layer,a,b,c,d\na,1,0,0,0\nb,0,1,0.2,0.35\nc,0,0.2,1,NaN\nd,0,0.35,NaN,1\n");
        Files.writeString(
                folder.resolve("dominant.csv"),
                "model,layer,end,rank,example,id,label\nnet,b,high,1,7,img7,3\nnet,d,high,2,7,img7,3\nnet,b,low,1,9,,\n"
                        + "net,c,low,1,9,,\nother,d,low,1,9,,\nnet,a,high,1,5,,\n");
        Block explained =
                RunBlocks.explained(List.of(blocks), folder).get(0).blocks().get(0);
        assertThat(explained.explanation())
                .isEqualTo(new Explanation(0.7, 0.6, 0.8, 0.95, 0.9, 0.35, List.of("img7 (class 3)")));
        assertThat(BlockText.paragraph(explained))
                .contains(
                        "Most of what its layers say is one direction that they share",
                        "70 % of a layer's variance on average (60 to 80 %)",
                        "from 0.900 to 0.350",
                        "the block is largely that component",
                        "img7 (class 3)");
    }

    @Test
    void explanation_ofOneOfSeveralModels_isFoundByModelAndLayer() throws IOException {
        var block = new Block(0, 2, "p", "q", 0.9, 0.88, 0.3, Double.NaN, 0.3, List.of(), null);
        var blocks = new Blocks("two", List.of("p", "q"), List.of(block));
        var other = new Blocks("one", List.of("p", "q"), List.of());
        String header = "layer,one/p,one/q,two/p,two/q\n";
        String matrix = header + "one/p,1,0,0,0\none/q,0,1,0,0\ntwo/p,0,0,1,%1$s\ntwo/q,0,0,%1$s,1\n";
        Files.writeString(
                folder.resolve("components.csv"),
                "layer,pc1_variance_fraction\none/p,0.1\none/q,0.1\ntwo/p,0.3\ntwo/q,0.5\n");
        Files.writeString(folder.resolve("pc1-cosine.csv"), matrix.formatted("0.5"));
        Files.writeString(folder.resolve("cka-without-pc1.csv"), matrix.formatted("0.85"));
        Files.writeString(folder.resolve("cka-all-examples.csv"), matrix.formatted("0.86"));
        Explanation found = RunBlocks.explained(List.of(other, blocks), folder)
                .get(1)
                .blocks()
                .get(0)
                .explanation();
        assertThat(found).isEqualTo(new Explanation(0.4, 0.3, 0.5, 0.5, 0.86, 0.85, List.of()));
    }

    @Test
    void blocksFile_written_isReadAgain() {
        var stable = new Block(2, 6, "c", "f", 0.9, 0.88, 0.3, 0.4, 0.3, List.of("d"), new Stability(0.95, 2, 3, 6, 6));
        var atEnds = new Block(0, 2, "a", "b", 0.9, 0.9, 0.3, Double.NaN, 0.3, List.of(), null);
        var blocks = new Blocks("", List.of("a", "b", "c", "d", "e", "f", "g"), List.of(atEnds, stable));
        Path file = folder.resolve("deep/blocks.json");
        BlocksFile.write(file, List.of(blocks), BlockDetector.defaults(), Map.of("untrained", 0.01));
        assertThat(BlocksFile.read(file)).containsExactly(blocks);
    }

    @Test
    void blocksFile_broken_saysSo() throws IOException {
        Path file = folder.resolve("blocks.json");
        assertThatThrownBy(() -> BlocksFile.read(file))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("no such file");
        for (String text : List.of(
                "{",
                "{}",
                "[]",
                "{\"layers\":[\"a\"],\"blocks\":[{\"start\":0,\"end\":2,\"first\":\"a\",\"last\":\"b\"}]}")) {
            Files.writeString(file, text);
            assertThatThrownBy(() -> BlocksFile.read(file))
                    .isInstanceOf(LamellaException.class)
                    .hasMessageContaining("no blocks.json");
        }
    }
}
