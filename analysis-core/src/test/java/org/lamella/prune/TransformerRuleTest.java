package org.lamella.prune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import onnx.Onnx.ModelProto;
import org.junit.jupiter.api.Test;
import org.lamella.onnx.OnnxBuilder;
import org.lamella.onnx.OnnxModel;

/** Small transformers of 5 tokens and 6 features, normalized behind the additions or inside the branches. */
class TransformerRuleTest {
    private static final int TOKENS = 5;
    private static final int FEATURES = 6;
    private static final float[] INPUT = Graphs.random(3, 2 * TOKENS * FEATURES, 1);

    private static OnnxBuilder input() {
        OnnxBuilder graph = new OnnxBuilder().input("x", "N", TOKENS, FEATURES);
        float[] ones = new float[FEATURES];
        Arrays.fill(ones, 1.5f);
        return graph.weights("scale", ones, FEATURES);
    }

    private static String product(OnnxBuilder graph, String name, String from) {
        graph.weights(name + ".w", Graphs.random(name.hashCode(), FEATURES * FEATURES, 0.5), FEATURES, FEATURES);
        graph.node("MatMul", name, name, List.of(from, name + ".w"));
        return name;
    }

    private static String normalized(OnnxBuilder graph, String name, String from) {
        graph.node("LayerNormalization", name, name, List.of(from, "scale"));
        return name;
    }

    private static String attention(OnnxBuilder graph, String name, String from) {
        String keys = product(graph, name + ".k", from);
        graph.node("Transpose", name + ".t", name + ".t", List.of(keys), OnnxBuilder.ints("perm", 0, 2, 1));
        graph.node("MatMul", name + ".s", name + ".s", List.of(product(graph, name + ".q", from), name + ".t"));
        graph.node("Softmax", name + ".p", name + ".p", List.of(name + ".s"));
        graph.node("MatMul", name + ".a", name + ".a", List.of(name + ".p", product(graph, name + ".v", from)));
        return product(graph, name + ".o", name + ".a");
    }

    private static String forward(OnnxBuilder graph, String name, String from) {
        graph.node("Relu", name + ".r", name + ".r", List.of(product(graph, name + ".1", from)));
        return product(graph, name + ".2", name + ".r");
    }

    private static String behind(OnnxBuilder graph, int layer, String from) {
        Graphs.add(graph, layer + ".att", attention(graph, layer + ".attention", from), from);
        String middle = normalized(graph, layer + ".n1", layer + ".att");
        Graphs.add(graph, layer + ".ff", forward(graph, layer + ".forward", middle), middle);
        return normalized(graph, layer + ".n2", layer + ".ff");
    }

    private static String inside(OnnxBuilder graph, int layer, String from) {
        String first = normalized(graph, layer + ".n1", from);
        Graphs.add(graph, layer + ".att", from, attention(graph, layer + ".attention", first));
        String second = normalized(graph, layer + ".n2", layer + ".att");
        Graphs.add(graph, layer + ".ff", layer + ".att", forward(graph, layer + ".forward", second));
        return layer + ".ff";
    }

    private static float[] run(ModelProto model) {
        return Graphs.run(model, INPUT, 2, TOKENS, FEATURES).values().iterator().next();
    }

    @Test
    void layersNormalizedBehindTheAdditions_goWithTheirNormalizations() {
        OnnxBuilder graph = input();
        ModelProto model = graph.output(behind(graph, 2, behind(graph, 1, "x"))).model();
        OnnxBuilder second = input();
        ModelProto without = second.output(behind(second, 2, "x")).model();

        Units units = Units.of(OnnxModel.of("test", model));
        ModelProto cut = new Surgery(model).without(List.of(units.unit("transformer 1")));

        assertThat(units.units())
                .extracting(Unit::name)
                .containsExactly("1.att", "1.ff", "transformer 1", "2.att", "2.ff", "transformer 2");
        assertThat(units.units())
                .extracting(Unit::kind)
                .startsWith(Unit.Kind.ATTENTION, Unit.Kind.FEED_FORWARD, Unit.Kind.TRANSFORMER);
        assertThat(units.unit("transformer 2").exitLayer()).isEqualTo("2.n2");
        assertThat(cut.getGraph().getNodeCount()).isEqualTo(without.getGraph().getNodeCount());
        // Another order of the same sums in float32.
        assertThat(Graphs.difference(run(without), run(cut))).isLessThan(1e-5);
    }

    @Test
    void layersNormalizedInTheBranches_areTheirTwoBranches() {
        OnnxBuilder graph = input();
        ModelProto model = graph.output(inside(graph, 2, inside(graph, 1, "x"))).model();

        Units units = Units.of(OnnxModel.of("test", model));
        Surgery surgery = new Surgery(model);
        ModelProto cut = surgery.without(List.of(units.unit("transformer 2")));
        ModelProto zeroed = Graphs.zeroed(Graphs.zeroed(model, "2.att", "2.attention.o"), "2.ff", "2.forward.2");

        assertThat(units.unit("transformer 2").source()).isEqualTo("1.ff");
        assertThat(units.unit("transformer 2").exitLayer()).isEqualTo("2.ff");
        assertThat(Graphs.difference(run(zeroed), run(cut))).isLessThan(1e-5);
        assertThat(surgery.remains(units.unit("2.att"), List.of(units.unit("transformer 2"))))
                .isFalse();
        assertThat(surgery.remains(units.unit("1.att"), List.of(units.unit("transformer 2"))))
                .isTrue();
    }

    @Test
    void everyBranch_cutAlone_equalsItsBranchTimesZero() {
        OnnxBuilder graph = input();
        ModelProto model = graph.output(behind(graph, 2, behind(graph, 1, "x"))).model();
        Surgery surgery = new Surgery(model);

        for (Unit unit : Units.of(OnnxModel.of("test", model)).units()) {
            if (unit.kind() != Unit.Kind.TRANSFORMER) {
                ModelProto zeroed = Graphs.zeroed(model, unit.exit(), Graphs.branchOf(model, unit));
                assertThat(Graphs.difference(run(zeroed), run(surgery.without(List.of(unit)))))
                        .as(unit.toString())
                        .isLessThan(1e-5);
            }
        }
    }
}
