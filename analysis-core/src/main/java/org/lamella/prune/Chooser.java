package org.lamella.prune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * Orders units by what cutting them costs on the examples of the choice, greedily: the next is the one whose cut, with all before it,
 * loses least.
 *
 * <p>Every unit is measured alone first (1). Then the unit with the least known loss is measured again on top of what is cut already; if
 * it still has the least it is cut, else the next is measured (2). Losses mostly grow as more is cut, so the first few in the queue
 * tell, and the evaluations are about twice the units instead of half their square. The units come in groups; a group begins when the
 * one before it is done (3). A group ends after {@value #PATIENCE} units in a row that would drop the measure by more than is allowed.
 */
final class Chooser {
    private static final int PATIENCE = 3;

    private final Surgery surgery;
    private final Function<List<Unit>, Trial> evaluate;
    private final IntConsumer progress;
    private int evaluations;

    /**
     * What a cut does to the measure on the examples of the choice.
     *
     * @param loss to go by
     * @param drop of the measure
     */
    record Trial(double loss, double drop) {}

    /** A unit that was cut in its turn, and what it did with all before it. */
    record Step(Unit unit, Trial trial) {}

    /** When to stop. */
    record Limit(int most, double drop) {}

    private record Known(Unit unit, Trial trial, int cut) {}

    /**
     * @param evaluate gives what a cut of some units does
     * @param progress told the number of evaluations so far
     */
    Chooser(Surgery surgery, Function<List<Unit>, Trial> evaluate, IntConsumer progress) {
        this.surgery = surgery;
        this.evaluate = evaluate;
        this.progress = progress;
    }

    /** What each unit does alone. */
    Map<Unit, Trial> alone(List<Unit> units) {
        Map<Unit, Trial> alone = new LinkedHashMap<>();
        units.forEach(unit -> alone.put(unit, trial(List.of(unit))));
        return alone;
    }

    /**
     * The order in which units are cut.
     *
     * @param groups that come one after the other
     * @param alone what each of their units does alone
     */
    List<Step> order(List<List<Unit>> groups, Map<Unit, Trial> alone, Limit limit) {
        List<Step> steps = new ArrayList<>();
        for (List<Unit> group : groups) {
            PriorityQueue<Known> queue = new PriorityQueue<>(
                    Comparator.comparingDouble(known -> known.trial().loss()));
            group.forEach(unit -> queue.add(new Known(unit, alone.getOrDefault(unit, new Trial(0, 0)), 0)));
            int refused = 0;
            while (!queue.isEmpty() && steps.size() < limit.most() && refused < PATIENCE) {
                Known best = queue.remove();
                List<Unit> cut = steps.stream().map(Step::unit).toList();
                if (!surgery.remains(best.unit(), cut)) {
                    continue;
                }
                if (best.cut() < cut.size()) {
                    List<Unit> more = new ArrayList<>(cut);
                    more.add(best.unit());
                    queue.add(new Known(best.unit(), trial(more), cut.size()));
                } else if (best.trial().drop() <= limit.drop()) {
                    steps.add(new Step(best.unit(), best.trial()));
                    refused = 0;
                } else {
                    refused++;
                }
            }
        }
        return steps;
    }

    private Trial trial(List<Unit> units) {
        Trial trial = evaluate.apply(units);
        progress.accept(++evaluations);
        return trial;
    }

    /** How many cuts were measured. */
    int evaluations() {
        return evaluations;
    }
}
