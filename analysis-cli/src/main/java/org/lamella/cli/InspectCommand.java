package org.lamella.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.lamella.activation.Layer;
import org.lamella.activation.LeftOut;
import org.lamella.model.Checkpoints;
import org.lamella.model.Model;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description = "Lists the layers of a model: index, name, kind, shape for one example, parameters.")
final class InspectCommand implements Callable<Integer>, Reporting {
    @Parameters(paramLabel = "MODEL", description = "As for 'lamella cka'.")
    private String named;

    @Option(names = "--json", description = "As JSON, for programs.")
    private boolean json;

    @Option(names = "--all", description = "List also what is no layer, and why.")
    private boolean all;

    @Mixin
    private ConsoleOptions console;

    @Override
    public ConsoleOptions console() {
        return console;
    }

    /** What {@code --json} prints. */
    record Listing(
            String name,
            String format,
            List<Layer> layers,
            List<LeftOut> leftOut,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String obstacle) {}

    @Override
    public Integer call() throws Exception {
        try (Model model = Checkpoints.openNamed(named)) {
            if (json) {
                var listing = new Listing(
                        model.name(),
                        model.format(),
                        model.layers(),
                        model.leftOut(),
                        model.obstacle().orElse(null));
                console.result(JsonMapper.builder()
                        .build()
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsString(listing));
            } else {
                print(model);
            }
        }
        return 0;
    }

    private void print(Model model) {
        int name = width(model.layers().stream().map(Layer::name).toList());
        int kind = width(model.layers().stream().map(Layer::kind).toList());
        String form = "%5s  %-" + name + "s  %-" + kind + "s  %12s  %12s";
        if (!model.layers().isEmpty()) {
            console.result(form.formatted("index", "name", "kind", "shape", "parameters"));
        }
        for (Layer layer : model.layers()) {
            String shape = layer.shape().stream()
                    .map(length -> length < 0 ? "?" : String.valueOf(length))
                    .collect(Collectors.joining("x"));
            String parameters = layer.parameters() < 0 ? "" : String.format(Locale.ROOT, "%,d", layer.parameters());
            console.result(form.formatted(layer.index(), layer.name(), layer.kind(), shape, parameters));
        }
        boolean known = model.layers().stream().allMatch(layer -> layer.parameters() >= 0);
        long total = model.layers().stream().mapToLong(Layer::parameters).sum();
        console.result((model.layers().isEmpty() ? "no" : model.layers().size()) + " layers"
                + (known ? String.format(Locale.ROOT, ", %,d parameters", total) : ""));
        model.obstacle()
                .ifPresent(reason ->
                        console.result("cannot be run, so shapes are unknown and some may be no layers: " + reason));
        if (all && !model.leftOut().isEmpty()) {
            console.result("left out:");
            model.leftOut().forEach(one -> console.result("  " + one));
        } else if (!model.leftOut().isEmpty()) {
            console.result(model.leftOut().size() + " tensors are no layers (--all lists them)");
        }
    }

    private static int width(List<String> texts) {
        return Math.max(4, texts.stream().mapToInt(String::length).max().orElse(4));
    }
}
