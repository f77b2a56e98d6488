package org.lamella.prune;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * A part of a graph that can be cut out: everywhere its exit was taken, what it gives way to is taken instead, and the nodes that
 * nothing needs any more are dropped. Where an addition has more to do than to add the branch to the skip, it stays and does without
 * the branch.
 */
public final class Unit {
    private final String name;
    private final Kind kind;
    private final String exit;
    private final String exitLayer;
    private final String source;
    private final String sourceLayer;
    private final String takesItsPlace;
    private final BitSet inside;
    private final List<String> layers;
    private final List<Drop> drops;

    /**
     * An addition that does without one of its operands.
     *
     * @param join position of its node
     * @param operand the tensor that it no longer takes
     */
    record Drop(int join, String operand) {}

    /** What kind of part it is. */
    public enum Kind {
        /** The branch of a residual addition; the skip stays. */
        RESIDUAL,
        /** The residual branch of a transformer layer that has the attention. */
        ATTENTION,
        /** The residual branch of a transformer layer that follows the attention's. */
        FEED_FORWARD,
        /** A whole transformer layer: both branches, and the normalizations that follow the additions. */
        TRANSFORMER,
        /** A layer with weights in a plain chain, with what follows it up to the next, that gives the shape it takes. */
        CHAIN;

        /** As written in files. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    Unit(
            String name,
            Kind kind,
            String exit,
            String exitLayer,
            String source,
            String sourceLayer,
            String takesItsPlace,
            BitSet inside,
            List<String> layers,
            List<Drop> drops) {
        this.name = name;
        this.kind = kind;
        this.exit = exit;
        this.exitLayer = exitLayer;
        this.source = source;
        this.sourceLayer = sourceLayer;
        this.takesItsPlace = takesItsPlace;
        this.inside = (BitSet) inside.clone();
        this.layers = List.copyOf(layers);
        this.drops = List.copyOf(drops);
    }

    Unit as(Kind other) {
        return new Unit(name, other, exit, exitLayer, source, sourceLayer, takesItsPlace, inside, layers, drops);
    }

    Unit named(String other) {
        return new Unit(other, kind, exit, exitLayer, source, sourceLayer, takesItsPlace, inside, layers, drops);
    }

    /** Unique in its graph: the name of the layer that its exit is, or {@code transformer 1} and so on. */
    public String name() {
        return name;
    }

    public Kind kind() {
        return kind;
    }

    /** The tensor that gives way, or becomes another sum: the sum of a residual unit. */
    public String exit() {
        return exit;
    }

    /** The layer that the exit is. */
    public String exitLayer() {
        return exitLayer;
    }

    /** The tensor that it gives way to: the skip of a residual unit, or one of those that stay in the sum. */
    public String source() {
        return source;
    }

    /** The layer that the source is. */
    public String sourceLayer() {
        return sourceLayer;
    }

    /** In words: the source's layer, or with plus signs all that stay in a sum. */
    public String takesItsPlace() {
        return takesItsPlace;
    }

    /** The layers that go, by name, in the order of computation; the exit's is the last, unless its addition stays. */
    public List<String> layers() {
        return layers;
    }

    /** Positions of the nodes between the source and the exit whose values nothing else takes. */
    BitSet inside() {
        return (BitSet) inside.clone();
    }

    /** The additions that stay and do without the branch; none if the exit gives way to the source. */
    List<Drop> drops() {
        return drops;
    }

    @Override
    public String toString() {
        return "%s (%s, %d layers, gives way to %s)".formatted(name, kind, layers.size(), takesItsPlace);
    }
}
