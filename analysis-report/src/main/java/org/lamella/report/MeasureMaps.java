package org.lamella.report;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.lamella.measure.ChanceLevel;
import org.lamella.measure.Direction;
import org.lamella.measure.MeasureDescription;
import org.lamella.measure.MeasureMatrix;
import org.lamella.similarity.CkaMatrix;

/** The heat maps of one measure. Colours go over the range that the measure can have, so that maps of it compare. */
public record MeasureMaps(MeasureMatrix found) {
    /** All layers of all models. */
    public Heatmap all() {
        return map(
                found.values(), "layers of " + String.join(", ", found.values().models()));
    }

    /** The layers of one model with those of another, or the same one. */
    public Heatmap pair(String rows, String columns) {
        return map(
                found.values().between(rows, columns),
                "layers of " + rows + (rows.equals(columns) ? "" : " with those of " + columns));
    }

    /** The mean under random pairings of the examples, all layers of all models. */
    public Optional<Heatmap> chance() {
        ChanceLevel chance = found.chance();
        if (chance == null) {
            return Optional.empty();
        }
        int layers = found.values().rows().size();
        double[] means = new double[layers * layers];
        for (int i = 0; i < means.length; i++) {
            means[i] = chance.cells().get(i).mean();
        }
        double[] unknown = new double[means.length];
        Arrays.fill(unknown, Double.NaN);
        CkaMatrix matrix = new CkaMatrix(found.values().rows(), found.values().columns(), means, unknown);
        // Chance may be a little below 0, where an unbiased measure has its 0.
        double lowest = Arrays.stream(means).filter(mean -> mean < 0).min().orElse(0);
        return Optional.of(map(matrix, "mean of %d random pairings of the examples".formatted(chance.permutations()))
                .withRange(Math.floor(20 * lowest) / 20, found.measure().most()));
    }

    private Heatmap map(CkaMatrix matrix, String what) {
        MeasureDescription measure = found.measure();
        String direction = measure.direction() == Direction.DISTANCE ? " (a distance: dark is alike)" : "";
        return Heatmap.of(matrix)
                .withTitle(capital(measure.title()))
                .withSubtitle(capital(what) + direction)
                .withRange(0, measure.most())
                .withScaleName(shortName(measure));
    }

    private static String shortName(MeasureDescription measure) {
        return switch (measure.name()) {
            case "cka", "cka-biased", "rbf-cka" -> "CKA";
            case "mean-cca", "mean-squared-cca" -> "CCA";
            case "svcca", "pwcca" -> measure.name().toUpperCase(Locale.ROOT);
            case "rsa-pearson", "rsa-spearman" -> "RSA";
            default -> measure.direction().toString();
        };
    }

    static String capital(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    /** The picture of all layers as it is embedded in a page. */
    byte[] png() {
        return PngPicture.of(all());
    }

    /** How the values stand to chance, in a sentence; empty if that was not asked for. */
    String chanceSentence() {
        ChanceLevel chance = found.chance();
        if (chance == null) {
            return "";
        }
        int layers = found.values().rows().size();
        int cells = 0;
        int beyond = 0;
        double mean = 0;
        for (int i = 0; i < layers; i++) {
            for (int j = i + 1; j < layers; j++) {
                if (!Double.isNaN(found.values().value(i, j))) {
                    cells++;
                    mean += chance.at(i, j).mean();
                    beyond += !found.measure()
                                    .direction()
                                    .atLeastAsAlike(
                                            chance.at(i, j).limit(),
                                            found.values().value(i, j))
                            ? 1
                            : 0;
                }
            }
        }
        return cells == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "Under %d random pairings of the examples the mean over all pairs of layers is %.3f; %d of %d pairs are more alike than 95 %% of their pairings.",
                        chance.permutations(),
                        mean / cells,
                        beyond,
                        cells);
    }
}
