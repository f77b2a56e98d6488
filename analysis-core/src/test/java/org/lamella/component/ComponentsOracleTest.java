package org.lamella.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamella.activation.StoredActivations;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.LayerId;

/**
 * The float64 reference of oracle/README.md. There are 128 examples, so everything is float64: 1e-6 relative, or 1e-9 where the
 * number itself is next to nothing.
 */
class ComponentsOracleTest {
    private final JsonNode expected = read();

    @Test
    void components_agreeWithFloat64() {
        ComponentAnalysis found = analysis(List.of());
        List<LayerComponents> live =
                found.layers().stream().filter(LayerComponents::isDefined).toList();

        assertThat(live).extracting(layer -> layer.layer().name()).containsExactlyElementsOf(names("live"));
        assertThat(found.undefined()).extracting(LayerId::name).containsExactly("dead");
        for (int i = 0; i < live.size(); i++) {
            assertClose(
                    live.get(i).varianceFraction(0),
                    expected.get("pc1_variance_fraction").get(i).doubleValue(),
                    names("live").get(i));
        }
        assertAgrees(found.pc1Cosine(), expected.get("pc1_squared_cosine"));
        assertAgrees(found.ckaWithout(), expected.get("cka_unbiased_full_without_pc1"));
        assertAgreesWithGaps(found.cka(), expected.get("cka_unbiased_full"));
    }

    /** Every cell, taken apart with the few leading components and with all of them, adds up. */
    @Test
    void cells_addUpToBiasedCka() {
        List<String> live = names("live");
        List<Components.Cell> cells = new ArrayList<>();
        for (String row : live) {
            for (String column : live) {
                cells.add(new Components.Cell(row, "a/" + column));
            }
        }
        for (CellOverlaps cell : analysis(cells).cells()) {
            int i = live.indexOf(cell.row().name());
            int j = live.indexOf(cell.column().name());
            assertThat(cell.terms()).hasSize(11 * 11);
            assertThat(cell.terms().stream()
                            .mapToDouble(CellOverlaps.Term::contribution)
                            .min()
                            .orElseThrow())
                    .isGreaterThan(-1e-12);
            assertClose(
                    cell.cka(),
                    expected.get("cka_biased_full_by_eq4").get(i).get(j).doubleValue(),
                    cell.row() + " with " + cell.column());
        }
    }

    private static ComponentAnalysis analysis(List<Components.Cell> cells) {
        try (var model = StoredActivations.open(oracle("model_a.npz"), "a")) {
            return Components.of(List.of(model.source(model.layers())))
                    .with(new Components.Options(0, 10, 1, 0.02, cells, false, 2))
                    .compute();
        }
    }

    /** The reference leaves out the layer that is constant. */
    private static void assertAgrees(CkaMatrix matrix, JsonNode expected) {
        List<LayerId> layers = matrix.rows();
        int dead = layers.indexOf(layers.stream()
                .filter(layer -> layer.name().equals("dead"))
                .findFirst()
                .orElseThrow());
        for (int i = 0; i < layers.size(); i++) {
            for (int j = 0; j < layers.size(); j++) {
                if (i == dead || j == dead) {
                    assertThat(matrix.value(i, j)).isNaN();
                } else {
                    assertClose(
                            matrix.value(i, j),
                            expected.get(i > dead ? i - 1 : i)
                                    .get(j > dead ? j - 1 : j)
                                    .doubleValue(),
                            layers.get(i) + " with " + layers.get(j));
                }
            }
        }
    }

    private static void assertAgreesWithGaps(CkaMatrix matrix, JsonNode expected) {
        for (int i = 0; i < expected.size(); i++) {
            for (int j = 0; j < expected.size(); j++) {
                JsonNode cell = expected.get(i).get(j);
                if (cell.isNull()) {
                    assertThat(matrix.value(i, j)).isNaN();
                } else {
                    assertClose(matrix.value(i, j), cell.doubleValue(), i + " with " + j);
                }
            }
        }
    }

    private static void assertClose(double value, double expected, String what) {
        assertThat(value).as(what).isCloseTo(expected, within(1e-6 * Math.abs(expected) + 1e-9));
    }

    private List<String> names(String entry) {
        return expected.get(entry).valueStream().map(JsonNode::textValue).toList();
    }

    private static Path oracle(String name) {
        try {
            return Path.of(
                    ComponentsOracleTest.class.getResource("/oracle/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode read() {
        try {
            return new ObjectMapper()
                    .readTree(oracle("expected-components.json").toFile());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
