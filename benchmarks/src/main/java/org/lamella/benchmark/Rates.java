package org.lamella.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalDouble;
import org.lamella.similarity.HsicBenchmark;

/**
 * Prints what JMH measured in calls a second as GFLOP/s, of all threads together.
 *
 * <p>Not by JMH's own counters: with several threads they also count the calls before and after the time that is measured, which for
 * calls of a tenth of a second gives half as much again.
 *
 * <pre>java -cp … org.lamella.benchmark.Rates RESULTS.json</pre>
 */
final class Rates {
    private Rates() {}

    public static void main(String[] arguments) throws IOException {
        System.out.printf("%n%-32s %-36s %10s%n", "Benchmark", "parameters", "GFLOP/s");
        for (JsonNode result : new ObjectMapper().readTree(Path.of(arguments[0]).toFile())) {
            String name = result.required("benchmark").textValue().replaceFirst("^([a-z]+\\.)+", "");
            JsonNode parameters = result.path("params");
            OptionalDouble operations = operations(name.substring(name.lastIndexOf('.') + 1), parameters);
            if (operations.isPresent()) {
                double calls =
                        result.required("primaryMetric").required("score").doubleValue();
                System.out.printf(
                        Locale.ROOT,
                        "%-32s %-36s %10.1f%n",
                        name,
                        parameters.isMissingNode() ? "" : parameters,
                        calls * operations.getAsDouble() * 1e-9);
            }
        }
    }

    /** Operations of one call; empty for one that is timed only. */
    private static OptionalDouble operations(String method, JsonNode parameters) {
        return switch (method) {
            case "gram", "ssyrk" -> OptionalDouble.of(GramBenchmark.operations(number(parameters, "features")));
            case "sgemm" -> OptionalDouble.of(SquareProduct.OPERATIONS);
            case "product" -> OptionalDouble.of(HsicBenchmark.operations(number(parameters, "layers")));
            default -> OptionalDouble.empty();
        };
    }

    private static int number(JsonNode parameters, String name) {
        return Integer.parseInt(parameters.required(name).textValue());
    }
}
