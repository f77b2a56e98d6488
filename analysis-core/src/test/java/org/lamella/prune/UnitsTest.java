package org.lamella.prune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamella.onnx.OnnxBuilder;
import org.lamella.onnx.OnnxModel;

/** What is found in graphs made for it, and what is refused, with the reason. */
class UnitsTest {
    private static Units units(OnnxBuilder graph) {
        return Units.of(OnnxModel.of("test", graph.model()));
    }

    private static String reason(Units units, String name) {
        return units.refusals().stream()
                .filter(refusal -> refusal.name().equals(name))
                .map(Refusal::reason)
                .findFirst()
                .orElseThrow(() -> new AssertionError(units.toString()));
    }

    /** x, then two residual blocks with a Relu behind each. */
    private static OnnxBuilder twoBlocks() {
        OnnxBuilder graph = Graphs.images();
        Graphs.branch(graph, "a", "x");
        Graphs.add(graph, "a.add", "a.2", "x");
        graph.node("Relu", "a.out", "a.out", List.of("a.add"));
        Graphs.branch(graph, "b", "a.out");
        Graphs.add(graph, "b.add", "a.out", "b.2");
        return graph.node("Relu", "b.out", "b.out", List.of("b.add"));
    }

    @Test
    void residualBlocks_withIdentitySkips_areUnits() {
        Units units = units(twoBlocks().output("b.out"));

        assertThat(units.refusals()).isEmpty();
        assertThat(units.units()).extracting(Unit::name).containsExactly("a.add", "b.add");
        assertThat(units.units()).extracting(Unit::kind).containsOnly(Unit.Kind.RESIDUAL);
        assertThat(units.units()).extracting(Unit::source).containsExactly("x", "a.out");
        assertThat(units.unit("b.add").layers()).containsExactly("b.1", "b.relu", "b.2", "b.add");
    }

    @Test
    void projection_isTheSkip_andStays() {
        OnnxBuilder graph = Graphs.images();
        Graphs.branch(graph, "a", "x");
        graph.weights("p.w", Graphs.random(3, 16, 0.5), 4, 4, 1, 1).node("Conv", "p", "p", List.of("x", "p.w"));
        Graphs.add(graph, "a.add", "p", "a.2");

        Units units = units(graph.output("a.add"));

        assertThat(units.units()).hasSize(1);
        assertThat(units.units().get(0).source()).isEqualTo("p");
        assertThat(units.units().get(0).layers()).containsExactly("a.1", "a.relu", "a.2", "a.add");
    }

    @Test
    void twoBranches_alikeInDepth_areRefused() {
        OnnxBuilder graph = Graphs.images();
        Graphs.conv(graph, "left", "x");
        Graphs.conv(graph, "right", "x");
        Graphs.add(graph, "sum", "left", "right");

        Units units = units(graph.output("sum"));

        assertThat(units.units()).isEmpty();
        assertThat(reason(units, "sum")).contains("which of its two sides is the shortcut cannot be told");
    }

    @Test
    void sharedWeights_areRefused() {
        OnnxBuilder graph = Graphs.images();
        Graphs.conv(graph, "a", "x");
        Graphs.add(graph, "a.add", "a", "x");
        Graphs.conv(graph, "b", "a.add", "a.w");
        Graphs.add(graph, "b.add", "b", "a.add");

        Units units = units(graph.output("b.add"));

        assertThat(units.units()).isEmpty();
        assertThat(reason(units, "a.add")).isEqualTo("its weights a.w are shared with b, which stays");
        assertThat(reason(units, "b.add")).isEqualTo("its weights a.w are shared with a, which stays");
    }

    @Test
    void weightsShared_throughATranspose_areRefused() {
        OnnxBuilder graph = new OnnxBuilder().input("x", "N", 5).weights("w", Graphs.random(1, 25, 0.4), 5, 5);
        graph.node("Transpose", "t", "t", List.of("w"));
        graph.node("MatMul", "a", "a", List.of("x", "t"));
        Graphs.add(graph, "a.add", "a", "x");
        graph.node("MatMul", "b", "b", List.of("a.add", "w"));
        Graphs.add(graph, "b.add", "b", "a.add");

        assertThat(reason(units(graph.output("b.add")), "b.add")).contains("its weights w are shared with a");
    }

    @Test
    void branch_thatJoinsTwice_isRefused() {
        OnnxBuilder graph = Graphs.images();
        Graphs.branch(graph, "a", "x");
        Graphs.add(graph, "first", "a.2", "x");
        Graphs.conv(graph, "b", "first");
        Graphs.add(graph, "second", "b", "a.2");

        Units units = units(graph.output("second"));

        assertThat(reason(units, "first")).isEqualTo("a.2 inside of it is also taken by second outside");
        assertThat(units.units()).extracting(Unit::name).doesNotContain("first");
    }

    @Test
    void output_takenFromInside_isRefused() {
        Units units = units(twoBlocks().output("b.out").output("b.relu"));

        assertThat(units.units()).extracting(Unit::name).containsExactly("a.add");
        assertThat(reason(units, "b.add")).isEqualTo("the graph returns b.relu from inside");
    }

    @Test
    void innerTensor_takenElsewhere_isRefused() {
        OnnxBuilder graph = twoBlocks();
        Graphs.conv(graph, "spy", "a.relu");
        Graphs.add(graph, "late", "spy", "b.out");

        Units units = units(graph.output("late"));

        assertThat(reason(units, "a.add")).isEqualTo("a.relu inside of it is also taken by spy outside");
        assertThat(units.units()).extracting(Unit::name).doesNotContain("a.add");
    }

    @Test
    void shapeOfAnInnerTensor_takenElsewhere_isRefused() {
        OnnxBuilder graph = twoBlocks();
        graph.node("Shape", "shape", "shape", List.of("a.1"));
        graph.node("Reshape", "reshape", "reshape", List.of("b.out", "shape"));

        Units units = units(graph.output("reshape"));

        assertThat(reason(units, "a.add")).isEqualTo("a.1 inside of it is also taken by shape outside");
    }

    @Test
    void shortcut_thatChangesTheShape_isRefused() {
        OnnxBuilder graph = Graphs.images();
        graph.node("GlobalAveragePool", "pool", "pool", List.of("x"));
        Graphs.branch(graph, "a", "x");
        Graphs.add(graph, "sum", "a.2", "pool");

        Units units = units(graph.output("sum"));

        assertThat(units.units()).isEmpty();
        assertThat(reason(units, "sum"))
                .isEqualTo("what would be taken instead, pool, is 2 x 4 x 1 x 1, and this is 2 x 4 x 6 x 6: the cut"
                        + " would change the shape");
    }

    @Test
    void branch_thatIsBroadcast_isAUnit() {
        OnnxBuilder graph = Graphs.images();
        graph.node("GlobalAveragePool", "pool", "pool", List.of("x"));
        graph.weights("w", Graphs.random(3, 16, 0.5), 4, 4, 1, 1).node("Conv", "gate", "gate", List.of("pool", "w"));
        Graphs.add(graph, "sum", "x", "gate");

        assertThat(units(graph.output("sum")).unit("sum").source()).isEqualTo("x");
    }

    @Test
    void sidesOfDifferentOrigin_areRefused() {
        OnnxBuilder graph = new OnnxBuilder().input("x", "N", 5).input("y", "N", 5);
        graph.weights("w", Graphs.random(1, 25, 0.4), 5, 5);
        graph.node("MatMul", "a", "a", List.of("x", "w"));
        Graphs.add(graph, "sum", "a", "y");

        assertThat(reason(units(graph.output("sum")), "sum")).contains("do not start from one tensor");
    }

    @Test
    void sumInsideAnActivationFunction_isRefused() {
        OnnxBuilder graph = new OnnxBuilder().input("x", "N", 5);
        graph.weights("three", new float[] {3}, 1).node("Pow", "cube", "cube", List.of("x", "three"));
        Graphs.add(graph, "sum", "x", "cube");

        assertThat(reason(units(graph.output("sum")), "sum")).isEqualTo("there are no weights in it");
    }

    @Test
    void plainChain_givesItsLayersOfOneShape_andLeavesPoolingsAlone() {
        OnnxBuilder graph = Graphs.images();
        Graphs.conv(graph, "one", "x").node("Relu", "one.relu", "one.relu", List.of("one"));
        Graphs.conv(graph, "two", "one.relu").node("Relu", "two.relu", "two.relu", List.of("two"));
        graph.node("MaxPool", "pool", "pool", List.of("two.relu"), OnnxBuilder.ints("kernel_shape", 2, 2));
        graph.node("Flatten", "flat", "flat", List.of("pool"));
        graph.weights("w", Graphs.random(1, 1000, 0.1), 100, 10).node("MatMul", "dense", "dense", List.of("flat", "w"));

        Units units = units(graph.output("dense"));

        assertThat(units.units()).extracting(Unit::name).containsExactly("one.relu", "two.relu");
        assertThat(units.units()).extracting(Unit::kind).containsOnly(Unit.Kind.CHAIN);
        assertThat(units.unit("two.relu").source()).isEqualTo("one.relu");
        assertThat(units.unit("two.relu").layers()).containsExactly("two", "two.relu");
    }

    @Test
    void nestedBlocks_areUnitsBoth() {
        OnnxBuilder graph = Graphs.images();
        Graphs.conv(graph, "outer.1", "x");
        Graphs.branch(graph, "inner", "outer.1");
        Graphs.add(graph, "inner.add", "inner.2", "outer.1");
        Graphs.add(graph, "outer.add", "inner.add", "x");

        Units units = units(graph.output("outer.add"));

        assertThat(units.units()).extracting(Unit::name).containsExactly("inner.add", "outer.add");
        assertThat(units.unit("outer.add").layers()).contains("outer.1", "inner.1", "inner.add");
    }
}
