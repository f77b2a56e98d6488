package org.lamella.activation;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lamella.LamellaException;

/** Layers chosen by name: {@code *} stands for any letters, {@code ?} for one, as in a shell. */
public final class LayerSelection {
    private final List<String> globs;

    private LayerSelection(List<String> globs) {
        this.globs = List.copyOf(globs);
    }

    /** Every layer. */
    public static LayerSelection all() {
        return new LayerSelection(List.of());
    }

    /** The layers whose name matches one of the patterns; no pattern means all. */
    public static LayerSelection of(List<String> globs) {
        return new LayerSelection(globs);
    }

    /**
     * The chosen layers of every model, in the model's order and with the model's indices.
     *
     * @param layersOf the layers of each model by its name
     * @throws LamellaException if a pattern matches no layer of any model (the message names those that come near), or a
     *     model keeps none
     */
    public Map<String, List<Layer>> from(Map<String, List<Layer>> layersOf) {
        if (globs.isEmpty()) {
            return layersOf;
        }
        List<Pattern> patterns = globs.stream().map(LayerSelection::pattern).toList();
        List<Layer> all = layersOf.values().stream().flatMap(List::stream).toList();
        for (int i = 0; i < globs.size(); i++) {
            if (all.stream().noneMatch(named(patterns.get(i)))) {
                throw new LamellaException(
                        "--layers " + globs.get(i), "there is no such layer; near it: " + near(globs.get(i), all));
            }
        }
        Map<String, List<Layer>> chosen = new LinkedHashMap<>();
        layersOf.forEach((model, layers) -> {
            List<Layer> kept = layers.stream()
                    .filter(layer ->
                            patterns.stream().anyMatch(pattern -> named(pattern).test(layer)))
                    .toList();
            if (kept.isEmpty()) {
                throw new LamellaException(
                        "--layers " + String.join(",", globs),
                        "leaves no layer of model '" + model + "'; near it: " + near(globs.get(0), layers));
            }
            chosen.put(model, kept);
        });
        return chosen;
    }

    private static Predicate<Layer> named(Pattern pattern) {
        return layer -> pattern.matcher(layer.name()).matches();
    }

    private static Pattern pattern(String glob) {
        var regex = new StringBuilder();
        glob.chars()
                .mapToObj(Character::toString)
                .forEach(letter -> regex.append(
                        switch (letter) {
                            case "*" -> ".*";
                            case "?" -> ".";
                            default -> Pattern.quote(letter);
                        }));
        return Pattern.compile(regex.toString());
    }

    private static String near(String glob, List<Layer> layers) {
        String wanted = glob.toLowerCase(Locale.ROOT).replaceAll("[*?]", "");
        return layers.stream()
                .map(Layer::name)
                .distinct()
                .sorted(Comparator.comparingInt(name -> distance(wanted, name.toLowerCase(Locale.ROOT))))
                .limit(4)
                .collect(Collectors.joining(", "));
    }

    /** Levenshtein's distance, where letters that the longer name has in addition cost a tenth. */
    private static int distance(String wanted, String name) {
        int[] row = new int[name.length() + 1];
        for (int j = 0; j <= name.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= wanted.length(); i++) {
            int diagonal = row[0];
            row[0] = 10 * i;
            for (int j = 1; j <= name.length(); j++) {
                int replaced = diagonal + (wanted.charAt(i - 1) == name.charAt(j - 1) ? 0 : 10);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j] + 10, row[j - 1] + 1));
            }
        }
        return row[name.length()];
    }
}
