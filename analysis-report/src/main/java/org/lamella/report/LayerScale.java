package org.lamella.report;

import java.util.ArrayList;
import java.util.List;
import org.lamella.similarity.LayerId;

/**
 * Where the layers of one side of a heat map lie, in units of the picture: cells of equal length in the order of the
 * layers, and a gap where one model ends and the next begins.
 */
record LayerScale(List<LayerId> layers, int cell, int gap, List<Span> models) {
    /** The layers {@code first} to before {@code end} are one model's. */
    record Span(String model, int first, int end) {}

    static LayerScale of(List<LayerId> layers, int cell, int gap) {
        var spans = new ArrayList<Span>();
        for (int i = 0, first = 0; i < layers.size(); i++) {
            String model = layers.get(i).model();
            if (i + 1 == layers.size() || !layers.get(i + 1).model().equals(model)) {
                spans.add(new Span(model, first, i + 1));
                first = i + 1;
            }
        }
        return new LayerScale(List.copyOf(layers), cell, gap, List.copyOf(spans));
    }

    /** Where a layer's cell begins. */
    int start(int layer) {
        int gaps = 0;
        for (Span span : models) {
            gaps += layer >= span.end() ? 1 : 0;
        }
        return layer * cell + gaps * gap;
    }

    double centre(int layer) {
        return start(layer) + cell / 2.0;
    }

    /** From the first cell's beginning to the last one's end. */
    int length() {
        return layers.size() * cell + (models.size() - 1) * gap;
    }

    /**
     * The layers whose names are written, so that no two come closer than {@code distance}: first the first of every
     * model and the last of all, then the last of every model, then every k-th, k as small as can be.
     */
    List<Integer> labelled(double distance) {
        int step = 1;
        while (step * cell < distance) {
            step = next(step);
        }
        var chosen = new ArrayList<Integer>();
        models.forEach(span -> addIfClear(chosen, span.first(), distance));
        addIfClear(chosen, layers.size() - 1, distance);
        models.forEach(span -> addIfClear(chosen, span.end() - 1, distance));
        for (Span span : models) {
            for (int i = span.first(); i < span.end(); i += step) {
                addIfClear(chosen, i, distance);
            }
        }
        return chosen.stream().sorted().toList();
    }

    /** 1, 2, 3, 4, 5, 10, 15, 20 …: steps that are easy to count by. */
    private static int next(int step) {
        return step < 5 ? step + 1 : step + 5;
    }

    private void addIfClear(List<Integer> chosen, int layer, double distance) {
        if (chosen.stream().allMatch(other -> other != layer && Math.abs(centre(other) - centre(layer)) >= distance)) {
            chosen.add(layer);
        }
    }
}
