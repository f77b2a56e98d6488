package org.lamella.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import onnx.Onnx.ModelProto;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.onnx.OnnxBuilder;
import org.lamella.onnx.OnnxModel;
import org.lamella.onnx.OnnxResnet;

/** A cut graph against the same graph with the branch multiplied by zero, which is made without the code under test. */
class SurgeryTest {
    /** Both compute the same sums; the runtime fuses them differently, so the last bits of float32 differ. */
    private static final double TOLERANCE = 1e-5;

    private static final int IMAGES = 3;

    @TempDir
    private static Path folder;

    private static ModelProto resnet;
    private static Units units;
    private static float[] images;

    @BeforeAll
    static void writeNetwork() throws IOException {
        Path file = OnnxResnet.write(new OnnxResnet.Plan(20, 1, 8, 3, 10, 7), folder.resolve("resnet20.onnx"));
        resnet = ModelProto.parseFrom(Files.readAllBytes(file));
        units = Units.of(OnnxModel.open(file));
        images = Graphs.random(5, IMAGES * 3 * 64, 1);
    }

    private static float[] logits(ModelProto model) {
        return Graphs.run(model, images, IMAGES, 3, 8, 8).get("logits");
    }

    @Test
    void resnet_givesEveryBlock_projectionsKept() {
        assertThat(units.refusals()).isEmpty();
        assertThat(units.units()).hasSize(9).extracting(Unit::kind).containsOnly(Unit.Kind.RESIDUAL);
        assertThat(units.unit("stage2.block1.add").source()).isEqualTo("stage2.block1.projection");
        assertThat(units.unit("stage2.block2.add").source()).isEqualTo("stage2.block1.relu2");
    }

    @Test
    void everyUnit_cutAlone_equalsItsBranchTimesZero() {
        Surgery surgery = new Surgery(resnet);
        float[] whole = logits(resnet);
        for (Unit unit : units.units()) {
            ModelProto cut = surgery.without(List.of(unit));
            float[] expected = logits(Graphs.zeroed(resnet, unit.exit(), Graphs.branchOf(resnet, unit)));

            assertThat(Graphs.difference(expected, logits(cut)))
                    .as(unit.toString())
                    .isLessThan(TOLERANCE);
            assertThat(Graphs.difference(whole, logits(cut)))
                    .as("it does something")
                    .isGreaterThan(1e-3);
            assertThat(Graphs.operators(cut)).doesNotContain("Identity");
            assertThat(cut.getGraph().getNodeCount())
                    .isEqualTo(resnet.getGraph().getNodeCount()
                            - surgery.removed(List.of(unit)).size());
        }
    }

    @Test
    void severalUnits_inAnyOrder_equalTheirBranchesTimesZero() {
        Surgery surgery = new Surgery(resnet);
        Random random = new Random(11);
        for (int trial = 0; trial < 6; trial++) {
            List<Unit> some = new ArrayList<>(units.units());
            Collections.shuffle(some, random);
            some = some.subList(0, 2 + random.nextInt(6));
            ModelProto zeroed = resnet;
            for (Unit unit : some) {
                zeroed = Graphs.zeroed(zeroed, unit.exit(), Graphs.branchOf(resnet, unit));
            }
            ModelProto cut = surgery.without(some);

            assertThat(Graphs.difference(logits(zeroed), logits(cut))).isLessThan(TOLERANCE);
            long weights = cut.getGraph().getInitializerList().stream()
                    .filter(tensor -> tensor.getName().endsWith("conv1.weight"))
                    .count();
            assertThat(weights).as("weights of the units go").isEqualTo(9 - some.size());
        }
    }

    @Test
    void cutModel_opensAgain_withUnitsAndPropertyOfTheFirstCut() {
        Surgery surgery = new Surgery(resnet);
        ModelProto cut = surgery.without(List.of(units.unit("stage1.block2.add"), units.unit("stage3.block3.add")));

        Units left = Units.of(OnnxModel.of("cut", cut));
        ModelProto again = new Surgery(cut).without(List.of(left.unit("stage1.block1.add")));

        assertThat(left.units()).hasSize(7);
        assertThat(again.getMetadataProps(0).getKey()).isEqualTo(Surgery.PROPERTY);
        assertThat(again.getMetadataProps(0).getValue())
                .isEqualTo("stage1.block2.add\nstage3.block3.add\nstage1.block1.add");
    }

    @Test
    void outputThatIsASum_keepsItsName() {
        OnnxBuilder graph = Graphs.images();
        Graphs.branch(graph, "a", "x");
        Graphs.add(graph, "a.add", "a.2", "x");
        ModelProto model = graph.output("a.add").model();
        Units found = Units.of(OnnxModel.of("test", model));
        float[] values = Graphs.random(2, 4 * 36, 1);

        Map<String, float[]> outputs = Graphs.run(new Surgery(model).without(found.units()), values, 1, 4, 6, 6);

        assertThat(outputs).containsOnlyKeys("a.add");
        assertThat(outputs.get("a.add")).containsExactly(values, within(0f));
    }

    @Test
    void chainLayers_cutTogether_giveTheirInput() {
        OnnxBuilder graph = Graphs.images();
        graph.node("Relu", "in", "in", List.of("x"));
        Graphs.conv(graph, "one", "in").node("Relu", "one.relu", "one.relu", List.of("one"));
        Graphs.conv(graph, "two", "one.relu").node("Tanh", "two.tanh", "two.tanh", List.of("two"));
        ModelProto model = graph.node("Flatten", "out", "out", List.of("two.tanh"))
                .output("out")
                .model();
        Units found = Units.of(OnnxModel.of("test", model));
        float[] values = Graphs.random(2, 4 * 36, 1);

        ModelProto cut = new Surgery(model).without(found.units());
        float[] output = Graphs.run(cut, values, 1, 4, 6, 6).get("out");

        assertThat(Graphs.operators(cut)).containsExactly("Relu", "Flatten");
        assertThat(cut.getGraph().getInitializerCount()).isZero();
        for (int i = 0; i < values.length; i++) {
            assertThat(output[i]).isEqualTo(Math.max(0, values[i]));
        }
    }

    @Test
    void tensorTakenByAnInnerGraph_isReplacedThereToo() {
        OnnxBuilder graph = Graphs.images();
        Graphs.branch(graph, "a", "x");
        Graphs.add(graph, "a.add", "a.2", "x");
        OnnxBuilder then =
                new OnnxBuilder().node("Neg", "neg", "neg", List.of("a.add")).output("neg");
        OnnxBuilder otherwise =
                new OnnxBuilder().node("Abs", "abs", "abs", List.of("a.add")).output("abs");
        graph.bytes("yes", onnx.Onnx.TensorProto.DataType.BOOL, new int[] {1});
        ModelProto model = graph.node(
                        "If",
                        "if",
                        "y",
                        List.of("yes"),
                        OnnxBuilder.inner("then_branch", then),
                        OnnxBuilder.inner("else_branch", otherwise))
                .output("y")
                .model();
        Units found = Units.of(OnnxModel.of("test", model));
        float[] values = Graphs.random(2, 4 * 36, 1);

        float[] output = Graphs.run(new Surgery(model).without(found.units()), values, 1, 4, 6, 6)
                .get("y");

        assertThat(found.units()).hasSize(1);
        for (int i = 0; i < values.length; i++) {
            assertThat(output[i]).isEqualTo(-values[i]);
        }
    }
}
