package org.lamella.measure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamella.activation.Layer;
import org.lamella.activation.StoredActivations;

/**
 * The float64 reference of oracle/README.md. Tolerance 1e-6 relative: activations are float32, all that is computed of them is
 * float64. Reference data of another seed are taken from the folder that the system property {@code lamella.oracle} names.
 */
class MeasureOracleTest {
    private static final double TOLERANCE = 1e-6;
    private static final String OTHER = System.getProperty("lamella.oracle");

    static Stream<Arguments> pairs() throws IOException {
        JsonNode pairs = new ObjectMapper()
                .readTree(oracle(OTHER == null ? "expected-measures.json" : "expected.json")
                        .toFile())
                .get("pairs");
        return pairs.propertyStream()
                .flatMap(pair -> pair.getValue()
                        .propertyStream()
                        .map(entry -> Arguments.of(
                                measure(entry.getKey()),
                                pair.getKey(),
                                entry.getValue().doubleValue())));
    }

    private static Measure<?> measure(String entry) {
        String name = switch (entry) {
            case "rbf_cka_0.5" -> "rbf-cka";
            case "knn_jaccard_10" -> "knn-jaccard";
            case "svcca_099" -> "svcca";
            default -> entry.replace('_', '-');
        };
        return Measures.named(name, Measures.Settings.defaults());
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void value_ofEveryPairOfTheReference_agreesWithFloat64(Measure<?> measure, String pair, double expected) {
        List<String> names = List.of(pair.split("\\|"));
        try (var model = StoredActivations.open(oracle("model_a.npz"), "a")) {
            List<Layer> layers = names.stream()
                    .map(name -> model.layers().stream()
                            .filter(layer -> layer.name().equals(name))
                            .findFirst()
                            .orElseThrow())
                    .toList();
            try (var geometries = LayerGeometries.of(List.of(model.source(layers)), 0, 2, done -> {});
                    var workers = new Workers(2)) {
                MeasureMatrix found = LayerComparison.of(measure, geometries.layers(), 0, 0, workers, share -> {});
                int row = IntStream.range(0, 2)
                        .filter(i -> found.values().rows().get(i).name().equals(names.get(0)))
                        .findFirst()
                        .orElseThrow();
                // What should be 0 is 0 up to float64's rounding of 1.
                assertThat(Math.abs(found.values().value(row, 1 - row) - expected))
                        .isLessThan(TOLERANCE * Math.abs(expected) + 1e-12);
            }
        }
    }

    private static Path oracle(String name) {
        if (OTHER != null) {
            return Path.of(OTHER, name);
        }
        try {
            return Path.of(Objects.requireNonNull(MeasureOracleTest.class.getResource("/oracle/" + name))
                    .toURI());
        } catch (java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
