package org.lamella.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.ChannelOrder;
import org.lamella.activation.Layer;
import org.lamella.activation.LeftOut;
import org.lamella.activation.Reduction;
import org.lamella.model.Model;

/** Opens models with their activations reduced, without the layers that cannot be, and keeps account of these. */
final class ReducedModels {
    private final Reduction reduction;
    private final int threads;
    private final Consumer<String> warnings;
    private final Map<String, List<LeftOut>> leftOut = new HashMap<>();

    ReducedModels(Reduction reduction, int threads, Consumer<String> warnings) {
        this.reduction = reduction;
        this.threads = threads;
        this.warnings = warnings;
    }

    /** The layers of a model that the reduction could not take. */
    List<LeftOut> leftOut(String model) {
        return leftOut.getOrDefault(model, List.of());
    }

    /**
     * A model's activations, reduced.
     *
     * @param opener gives the activations of some of the layers; called a second time if some cannot be reduced, which only the
     *     open model tells
     * @throws LamellaException if there is nothing to reduce, but layers that cannot be
     */
    ActivationSource open(Model model, List<Layer> layers, Function<List<Layer>, ActivationSource> opener) {
        ActivationSource source = opener.apply(layers);
        List<Layer> kept;
        try {
            kept = kept(model, layers, source);
            if (kept.size() == layers.size()) {
                return reduction.of(source, threads);
            }
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
        source.close();
        return reduction.of(opener.apply(kept), threads);
    }

    /** Those of some layers that are as they must be when the model is open. */
    private List<Layer> kept(Model model, List<Layer> layers, ActivationSource source) {
        List<Layer> opened = source.layers();
        Map<Layer, String> obstacles = reduction.obstacles(opened);
        if (!obstacles.isEmpty()) {
            leaveOut(model, opened, obstacles);
        }
        boolean channels = reduction == Reduction.MEAN && opened.stream().noneMatch(layer -> layer.features() < 0);
        if (channels) {
            warnOfOrder(model, source);
        }
        return IntStream.range(0, layers.size())
                .filter(i -> !obstacles.containsKey(opened.get(i)))
                .mapToObj(layers::get)
                .toList();
    }

    private void leaveOut(Model model, List<Layer> opened, Map<Layer, String> obstacles) {
        Map.Entry<Layer, String> first = obstacles.entrySet().iterator().next();
        String example = "'%s' %s".formatted(first.getKey().name(), first.getValue());
        List<Layer> others =
                opened.stream().filter(layer -> !obstacles.containsKey(layer)).toList();
        if (!reduction.changes(others)) {
            throw new LamellaException(
                    "--reduce " + reduction,
                    "model '%s' has no layer that can be reduced in this way: %s; use mean or flatten"
                            .formatted(model.name(), example));
        }
        List<LeftOut> left = new ArrayList<>();
        obstacles.forEach((layer, reason) -> left.add(new LeftOut(layer.name(), layer.kind(), reason)));
        leftOut.put(model.name(), left);
        warnings.accept("model '%s': --reduce %s leaves out %d of %d layers: %s"
                .formatted(model.name(), reduction, obstacles.size(), opened.size(), example));
    }

    /** Two axes are tokens x features in nearly every model that does not tell; with three there is no such rule. */
    private void warnOfOrder(Model model, ActivationSource source) {
        List<Layer> untold = IntStream.range(0, source.layers().size())
                .filter(i -> source.channels(i) == ChannelOrder.UNKNOWN)
                .mapToObj(i -> source.layers().get(i))
                .filter(layer -> layer.shape().size() > 2)
                .toList();
        if (untold.isEmpty()) {
            return;
        }
        Layer first = untold.get(0);
        String shape = first.shape().stream().map(String::valueOf).collect(Collectors.joining(" x "));
        warnings.accept(
                "model '%s' does not tell which axis of %d layers is the channels', such as '%s' (%s); --reduce mean takes them as channels x positions, which is wrong if their channels come last"
                        .formatted(model.name(), untold.size(), first.name(), shape));
    }
}
