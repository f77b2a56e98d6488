package org.lamella.prune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamella.onnx.OnnxBuilder;
import org.lamella.onnx.OnnxModel;

/** Residual additions in other clothes, against the same graph with the branch multiplied by zero. */
class AdditionTest {
    /** Other kernels and another order of the same sums in float32. */
    private static final double TOLERANCE = 1e-5;

    private static final int TOKENS = 5;
    private static final int FEATURES = 8;
    private static final float[] IMAGES = Graphs.random(3, 2 * 4 * 36, 1);
    private static final float[] TOKENS_IN = Graphs.random(4, 2 * TOKENS * FEATURES, 1);

    private static Units units(ModelProto model) {
        return Units.of(OnnxModel.of("test", model));
    }

    private static float[] images(ModelProto model) {
        return Graphs.run(model, IMAGES, 2, 4, 6, 6).values().iterator().next();
    }

    private static float[] tokens(ModelProto model) {
        return Graphs.run(model, TOKENS_IN, 2, TOKENS, FEATURES)
                .values()
                .iterator()
                .next();
    }

    private static OnnxBuilder sum(OnnxBuilder graph, String name, String... sides) {
        return graph.node("Sum", name, name, List.of(sides));
    }

    /** Cuts a unit, and compares with the branch times zero and with the whole. */
    private static void requireZeroed(ModelProto model, Unit unit, String join, String branch) {
        ModelProto cut = new Surgery(model).without(List.of(unit));
        float[] expected = run(Graphs.zeroed(model, join, branch));

        assertThat(Graphs.difference(expected, run(cut))).as(unit.toString()).isLessThan(TOLERANCE);
        assertThat(Graphs.difference(run(model), run(cut)))
                .as("it does something")
                .isGreaterThan(1e-3);
    }

    private static float[] run(ModelProto model) {
        return model.getGraph().getInput(0).getType().getTensorType().getShape().getDimCount() == 4
                ? images(model)
                : tokens(model);
    }

    @Test
    void sumOfTwo_isCutAsAnAddition() {
        OnnxBuilder graph = Graphs.branch(Graphs.images(), "a", "x");
        ModelProto model = sum(graph, "sum", "x", "a.2")
                .node("Relu", "out", "out", List.of("sum"))
                .output("out")
                .model();

        Unit unit = units(model).unit("sum");
        ModelProto cut = new Surgery(model).without(List.of(unit));

        assertThat(unit.source()).isEqualTo("x");
        assertThat(Graphs.operators(cut)).containsExactly("Relu");
        requireZeroed(model, unit, "sum", "a.2");
    }

    @Test
    void sumThatTakesItsSkipTwice_keepsBoth() {
        OnnxBuilder graph = Graphs.branch(Graphs.images(), "a", "x");
        ModelProto model = sum(graph, "sum", "x", "x", "a.2")
                .node("Relu", "out", "out", List.of("sum"))
                .output("out")
                .model();

        Unit unit = units(model).unit("sum without a.2");

        assertThat(unit.takesItsPlace()).isEqualTo("x + x");
        assertThat(Graphs.operators(new Surgery(model).without(List.of(unit)))).containsExactly("Sum", "Relu");
        requireZeroed(model, unit, "sum", "a.2");
    }

    /** x + a(x) + b(x), a Relu, and x' + c(x') + d(c(x')) behind it. */
    private static ModelProto sumsOfThree() {
        OnnxBuilder graph = Graphs.images();
        Graphs.branch(graph, "a", "x");
        Graphs.branch(graph, "b", "x");
        sum(graph, "first", "a.2", "x", "b.2").node("Relu", "middle", "middle", List.of("first"));
        Graphs.branch(graph, "c", "middle");
        Graphs.branch(graph, "d", "c.2");
        return sum(graph, "second", "middle", "c.2", "d.2").output("second").model();
    }

    @Test
    void sumOfThree_losesOneBranch_andTheOthersStaySummed() {
        ModelProto model = sumsOfThree();

        Units units = units(model);

        assertThat(units.units())
                .extracting(Unit::name)
                .containsExactly("first without a.2", "first without b.2", "second without d.2");
        assertThat(units.unit("first without a.2").takesItsPlace()).isEqualTo("x + b.2");
        assertThat(units.unit("first without a.2").layers()).containsExactly("a.1", "a.relu", "a.2");
        requireZeroed(model, units.unit("first without a.2"), "first", "a.2");
        requireZeroed(model, units.unit("first without b.2"), "first", "b.2");
        requireZeroed(model, units.unit("second without d.2"), "second", "d.2");
        assertThat(units.refusals())
                .as("c.2 is the shortcut of d, and no branch that is refused")
                .isEmpty();
    }

    @Test
    void sumOfThree_withoutBothBranches_isItsSkip() {
        ModelProto model = sumsOfThree();
        Units units = units(model);
        List<Unit> all = List.of(
                units.unit("first without b.2"), units.unit("second without d.2"), units.unit("first without a.2"));
        ModelProto zeroed = Graphs.zeroed(Graphs.zeroed(model, "first", "a.2"), "first", "b.2");
        zeroed = Graphs.zeroed(zeroed, "second", "d.2");

        Surgery surgery = new Surgery(model);
        ModelProto cut = surgery.without(all);

        assertThat(Graphs.operators(cut)).containsExactly("Relu", "Conv", "Relu", "Conv", "Sum");
        assertThat(cut.getGraph().getInitializerCount()).isEqualTo(2);
        assertThat(Graphs.difference(images(zeroed), images(cut))).isLessThan(TOLERANCE);
        assertThat(surgery.remains(units.unit("first without b.2"), List.of(units.unit("first without a.2"))))
                .isTrue();
        assertThat(surgery.removed(all)).contains("a.1", "b.1", "d.1", "first").doesNotContain("second", "c.1");
    }

    @Test
    void sumOfThree_whoseSkipIsBroadcast_isRefused() {
        OnnxBuilder graph = Graphs.images();
        graph.node("GlobalAveragePool", "pool", "pool", List.of("x"));
        Graphs.branch(graph, "a", "x");
        Graphs.branch(graph, "b", "x");
        ModelProto model = sum(graph, "sum", "pool", "a.2", "b.2").output("sum").model();

        Units units = units(model);

        assertThat(units.units()).isEmpty();
        assertThat(units.refusals())
                .extracting(Refusal::toString)
                .anyMatch(line -> line.startsWith("sum without a.2: what would be taken instead, pool, is 2 x 4 x 1"));
    }

    private static String product(OnnxBuilder graph, String name, String from) {
        graph.weights(name + ".w", Graphs.random(name.hashCode(), FEATURES * FEATURES, 0.5), FEATURES, FEATURES);
        graph.node("MatMul", name, name, List.of(from, name + ".w"));
        return name;
    }

    private static String forward(OnnxBuilder graph, String name, String from) {
        graph.node("Relu", name + ".r", name + ".r", List.of(product(graph, name + ".1", from)));
        return product(graph, name + ".2", name + ".r");
    }

    /** ONNX Runtime's fused attention: one matrix for queries, keys and values. */
    private static String attention(OnnxBuilder graph, String name, String from) {
        graph.weights(
                name + ".w", Graphs.random(name.hashCode(), 3 * FEATURES * FEATURES, 0.5), FEATURES, 3 * FEATURES);
        graph.weights(name + ".b", Graphs.random(name.hashCode() + 1, 3 * FEATURES, 0.5), 3 * FEATURES);
        graph.foreign(
                "com.microsoft:Attention",
                List.of(name),
                List.of(from, name + ".w", name + ".b"),
                OnnxBuilder.integer("num_heads", 2));
        return product(graph, name + ".o", name);
    }

    /** Gives norm(left + right + bias), and the sum itself under a name that is not empty. */
    private static String normalizedSum(
            OnnxBuilder graph, String operator, String name, String sum, String left, String right) {
        boolean full = operator.equals("SkipLayerNormalization");
        graph.weights(name + ".gamma", Graphs.random(name.hashCode(), FEATURES, 1), FEATURES);
        graph.weights(name + ".bias", Graphs.random(name.hashCode() + 2, FEATURES, 1), FEATURES);
        List<String> inputs = new ArrayList<>(List.of(left, right, name + ".gamma"));
        if (full) {
            graph.weights(name + ".beta", Graphs.random(name.hashCode() + 1, FEATURES, 1), FEATURES);
            inputs.add(name + ".beta");
        }
        inputs.add(name + ".bias");
        graph.foreign(
                "com.microsoft:" + operator,
                sum.isEmpty() ? List.of(name) : List.of(name, "", "", sum),
                inputs,
                // So large that leaving it out would show.
                OnnxBuilder.number("epsilon", 0.3f));
        return name;
    }

    private static OnnxBuilder tokensIn() {
        return new OnnxBuilder().input("x", "N", TOKENS, FEATURES);
    }

    /** A layer normalized behind its additions, all fused. */
    private static String behind(OnnxBuilder graph, String operator, int layer, String from) {
        String middle =
                normalizedSum(graph, operator, layer + ".n1", "", attention(graph, layer + ".attention", from), from);
        return normalizedSum(graph, operator, layer + ".n2", "", middle, forward(graph, layer + ".forward", middle));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SkipLayerNormalization", "SkipSimplifiedLayerNormalization"})
    void fusedAdditionBehindItsBranch_becomesANormalization(String operator) {
        OnnxBuilder graph = tokensIn();
        ModelProto model = graph.output(behind(graph, operator, 2, behind(graph, operator, 1, "x")))
                .model();

        Units units = units(model);

        assertThat(units.refusals()).isEmpty();
        assertThat(units.units())
                .extracting(Unit::name)
                .containsExactly("1.n1", "1.n2", "transformer 1", "2.n1", "2.n2", "transformer 2");
        assertThat(units.units())
                .extracting(Unit::kind)
                .startsWith(Unit.Kind.ATTENTION, Unit.Kind.FEED_FORWARD, Unit.Kind.TRANSFORMER);
        for (String layer : List.of("1", "2")) {
            requireZeroed(model, units.unit(layer + ".n1"), layer + ".n1", layer + ".attention.o");
            requireZeroed(model, units.unit(layer + ".n2"), layer + ".n2", layer + ".forward.2");
        }
        String left = Graphs.operators(new Surgery(model).without(List.of(units.unit("1.n1"))))
                .toString();
        assertThat(left).startsWith("[Add, " + operator.replace("Skip", "") + ", MatMul, Relu, MatMul, " + operator);
    }

    @Test
    void fusedLayerNormalizedBehindItsAdditions_goesWithItsNormalizations() {
        OnnxBuilder graph = tokensIn();
        String operator = "SkipLayerNormalization";
        ModelProto model = graph.output(behind(graph, operator, 2, behind(graph, operator, 1, "x")))
                .model();
        OnnxBuilder second = tokensIn();
        ModelProto without = second.output(behind(second, operator, 2, "x")).model();

        ModelProto cut = new Surgery(model).without(List.of(units(model).unit("transformer 1")));

        assertThat(Graphs.operators(cut)).isEqualTo(Graphs.operators(without));
        assertThat(Graphs.difference(tokens(without), tokens(cut))).isLessThan(TOLERANCE);
    }

    /** A layer normalized inside its branches: each fused addition gives the stream, and the next branch its normalized form. */
    private static void inside(OnnxBuilder graph, String operator, int layer, String[] flow) {
        String attended = attention(graph, layer + ".attention", flow[1]);
        normalizedSum(graph, operator, layer + ".n1", layer + ".sum1", flow[0], attended);
        String forwarded = forward(graph, layer + ".forward", layer + ".n1");
        normalizedSum(graph, operator, layer + ".n2", layer + ".sum2", layer + ".sum1", forwarded);
        flow[0] = layer + ".sum2";
        flow[1] = layer + ".n2";
    }

    private static ModelProto insideTwice(String operator) {
        OnnxBuilder graph = tokensIn();
        float[] scale = new float[FEATURES];
        Arrays.fill(scale, 1.5f);
        graph.weights("scale", scale, FEATURES).node("LayerNormalization", "0.n", "0.n", List.of("x", "scale"));
        String[] flow = {"x", "0.n"};
        inside(graph, operator, 1, flow);
        inside(graph, operator, 2, flow);
        return graph.output(flow[1]).model();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SkipLayerNormalization", "SkipSimplifiedLayerNormalization"})
    void fusedAdditionThatHandsOnItsSum_doesWithoutTheBranch(String operator) {
        ModelProto model = insideTwice(operator);

        Units units = units(model);

        assertThat(units.refusals()).isEmpty();
        assertThat(units.units())
                .extracting(Unit::name)
                .containsExactly("1.sum1", "1.sum2", "transformer 1", "2.sum1", "2.n2", "transformer 2");
        requireZeroed(model, units.unit("1.sum1"), "1.sum1", "1.attention.o");
        requireZeroed(model, units.unit("1.sum2"), "1.sum2", "1.forward.2");
        requireZeroed(model, units.unit("2.sum1"), "2.sum1", "2.attention.o");
        requireZeroed(model, units.unit("2.n2"), "2.n2", "2.forward.2");
    }

    @Test
    void fusedLayerNormalizedInside_leavesTheLastNormalization() {
        ModelProto model = insideTwice("SkipLayerNormalization");
        Units units = units(model);

        for (int layer = 1; layer <= 2; layer++) {
            ModelProto zeroed = Graphs.zeroed(
                    Graphs.zeroed(model, layer + ".n1", layer + ".attention.o"), layer + ".n2", layer + ".forward.2");
            ModelProto cut = new Surgery(model).without(List.of(units.unit("transformer " + layer)));

            assertThat(Graphs.difference(tokens(zeroed), tokens(cut))).isLessThan(TOLERANCE);
            // The stream gets both biases; only the second addition normalizes, for the next layer or the output.
            assertThat(Graphs.operators(cut)).containsSubsequence("Add", "Add", "LayerNormalization");
        }
        ModelProto none = new Surgery(model).without(units.units());
        assertThat(Graphs.operators(none)).containsExactly("Add", "Add", "Add", "Add", "LayerNormalization");
    }

    @Test
    void fusedAdditionWithoutBias_handsOnItsSkip() {
        OnnxBuilder graph = tokensIn();
        graph.weights("gamma", Graphs.random(8, FEATURES, 1), FEATURES);
        String branch = forward(graph, "f", "x");
        graph.foreign(
                "com.microsoft:SkipLayerNormalization", List.of("n", "", "", "sum"), List.of("x", branch, "gamma"));
        graph.node("Mul", "y", "y", List.of("n", "sum"));
        ModelProto model = graph.output("y").model();

        ModelProto cut = new Surgery(model).without(List.of(units(model).unit("sum")));

        List<NodeProto> nodes = cut.getGraph().getNodeList();
        assertThat(Graphs.operators(cut)).containsExactly("LayerNormalization", "Mul");
        assertThat(nodes.get(1).getInputList()).containsExactly("n", "x");
        assertThat(Graphs.difference(tokens(Graphs.zeroed(model, "sum", branch)), tokens(cut)))
                .isLessThan(TOLERANCE);
    }

    @Test
    void cutFusedModel_opensAgain_withTheUnitsThatAreLeft() {
        ModelProto model = insideTwice("SkipLayerNormalization");
        Units units = units(model);

        ModelProto cut = new Surgery(model).without(List.of(units.unit("1.sum1"), units.unit("2.n2")));

        assertThat(units(cut).units()).extracting(Unit::name).containsExactly("1.sum2", "2.sum1");
    }
}
