package org.lamella.similarity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamella.activation.StoredActivations;

/** The float64 reference of oracle/README.md. Tolerance 1e-5: float32 activations and Gram matrices, float64 sums. */
class OracleTest {
    private static final double TOLERANCE = 1e-5;
    private final JsonNode expected = read();

    @ParameterizedTest
    @CsvSource({
        "cka_unbiased_batch32, unbiased, 32",
        "cka_unbiased_full, unbiased, 128",
        "cka_biased_full, biased, 128",
        "cka_unbiased_batch48_ragged, unbiased, 48",
        "cka_unbiased_batch42_tail2, unbiased, 42"
    })
    void withinModel_everyCell_agreesWithFloat64(String entry, String estimator, int batch) {
        try (var model = StoredActivations.open(oracle("model_a.npz"), "a")) {
            CkaMatrix cka = Cka.of(model.source(model.layers()))
                    .batch(batch)
                    .estimator(Estimator.valueOf(estimator.toUpperCase(java.util.Locale.ROOT)))
                    .compute();
            assertThat(cka.rows()).extracting(LayerId::name).containsExactlyElementsOf(names("layers_a"));
            assertAgrees(cka, expected.get(entry));
            assertThat(cka.undefinedRows()).extracting(LayerId::name).containsExactly("dead");
        }
    }

    @Test
    void crossModel_everyCell_agreesWithFloat64() {
        try (var a = StoredActivations.open(oracle("model_a.npz"), "a");
                var b = StoredActivations.open(oracle("model_b.npz"), "b")) {
            CkaMatrix joint =
                    Cka.of(a.source(a.layers()), b.source(b.layers())).batch(32).compute();
            assertAgrees(joint.between("a", "b"), expected.get("cross_cka_unbiased_batch32"));
            assertAgrees(joint.between("a", "a"), expected.get("cka_unbiased_batch32"));
        }
    }

    /** The published notebook of Kornblith et al. 2019, and minibatches of its data in order. */
    @ParameterizedTest
    @CsvSource({
        "BIASED, 100, 0.55761",
        "UNBIASED, 100, 0.51346",
        "UNBIASED, 10, 0.543731",
        "UNBIASED, 20, 0.533718",
        "UNBIASED, 25, 0.513268",
        "UNBIASED, 50, 0.530844"
    })
    void notebook_publishedValues_areGivenBack(Estimator estimator, int batch, double published) {
        try (var model = StoredActivations.open(oracle("notebook.npz"), "notebook")) {
            CkaMatrix cka = Cka.of(model.source(model.layers()))
                    .batch(batch)
                    .estimator(estimator)
                    .compute();
            assertThat(Math.abs(cka.value(0, 1) - published)).isLessThan(TOLERANCE);
        }
    }

    private static void assertAgrees(CkaMatrix cka, JsonNode expected) {
        assertThat(cka.rows()).hasSize(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(cka.columns()).hasSize(expected.get(i).size());
            for (int j = 0; j < expected.get(i).size(); j++) {
                JsonNode cell = expected.get(i).get(j);
                if (cell.isNull()) {
                    assertThat(cka.value(i, j)).isNaN();
                } else {
                    assertThat(Math.abs(cka.value(i, j) - cell.doubleValue()))
                            .as("%s with %s", cka.rows().get(i), cka.columns().get(j))
                            .isLessThan(TOLERANCE);
                }
            }
        }
    }

    private List<String> names(String entry) {
        return expected.get(entry).valueStream().map(JsonNode::textValue).toList();
    }

    private static Path oracle(String name) {
        try {
            return Path.of(OracleTest.class.getResource("/oracle/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode read() {
        try {
            return new ObjectMapper().readTree(oracle("expected.json").toFile());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
