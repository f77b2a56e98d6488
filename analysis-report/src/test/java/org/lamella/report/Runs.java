package org.lamella.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import org.lamella.activation.Layer;
import org.lamella.run.RunManifest;
import org.lamella.run.RunResult;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.LayerId;

/** Runs made up for tests: networks with the layers of residual ones, and matrices of a known form. */
final class Runs {
    private Runs() {}

    /** The layers of a residual network in ONNX's manner, the input first, the logits last. */
    static List<LayerId> resnet(String model, int count) {
        String[][] kinds = {
            {"conv1/Conv", "Conv"},
            {"bn1/BatchNormalization", "BatchNormalization"},
            {"relu/Relu", "Relu"},
            {"conv2/Conv", "Conv"},
            {"bn2/BatchNormalization", "BatchNormalization"},
            {"Add", "Add"},
            {"relu_1/Relu", "Relu"}
        };
        var layers = new ArrayList<LayerId>();
        layers.add(new LayerId(model, new Layer(0, "input", "input", List.of(3, 32, 32), 0)));
        for (int i = 1; i < count - 1; i++) {
            int block = (i - 1) / kinds.length;
            int stage = 1 + 3 * (i - 1) / Math.max(1, count - 2);
            String[] kind = kinds[(i - 1) % kinds.length];
            int width = 16 << (stage - 1);
            int side = 64 >> stage;
            String name = "/layer%d/layer%d.%d/%s_output_0".formatted(stage, stage, block, kind[0]);
            long parameters = switch (kind[1]) {
                case "Conv" -> 9L * width * width;
                case "BatchNormalization" -> 2L * width;
                default -> 0;
            };
            layers.add(new LayerId(model, new Layer(i, name, kind[1], List.of(width, side, side), parameters)));
        }
        if (count > 1) {
            layers.add(new LayerId(model, new Layer(count - 1, "logits", "Gemm", List.of(10), 650)));
        }
        return layers;
    }

    /** Layers with the names given. */
    static List<LayerId> named(String model, String... names) {
        var layers = new ArrayList<LayerId>();
        for (String name : names) {
            layers.add(new LayerId(model, new Layer(layers.size(), name, "array", List.of(8), -1)));
        }
        return layers;
    }

    static CkaMatrix matrix(List<LayerId> rows, List<LayerId> columns, DoubleBinaryOperator value) {
        double[] values = new double[rows.size() * columns.size()];
        double[] errors = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            int row = i / columns.size();
            values[i] = value.applyAsDouble(row, i % columns.size());
            errors[i] = Double.isNaN(values[i]) ? Double.NaN : 0.02 * (1 - values[i] * values[i]) + 1e-4;
        }
        return new CkaMatrix(rows, columns, values, errors);
    }

    /** All layers with all, as trained networks look: a block of high values, a checkerboard of the shortcuts. */
    static CkaMatrix trained(List<LayerId> layers, Map<String, Integer> counts) {
        return matrix(layers, layers, (i, j) -> {
            LayerId a = layers.get((int) i);
            LayerId b = layers.get((int) j);
            if (i == j) {
                return 1;
            }
            return similarity(place(a, counts), place(b, counts), a, b);
        });
    }

    private static double place(LayerId layer, Map<String, Integer> counts) {
        return layer.layer().index() / (double) Math.max(1, counts.get(layer.model()) - 1);
    }

    private static double similarity(double p, double q, LayerId a, LayerId b) {
        double near = Math.exp(-7 * Math.abs(p - q));
        double block = window(p) * window(q) * (0.95 - 0.12 * Math.abs(p - q));
        boolean sameRole = onShortcut(a) == onShortcut(b);
        double role = sameRole ? 1 : 0.78;
        double between = a.model().equals(b.model()) ? 1 : 0.82;
        double grain =
                0.015 * Math.sin(91.7 * (a.layer().index() + 1) * (b.layer().index() + 1));
        return Math.max(near * 0.9, block) * role * between + grain - 0.01;
    }

    private static double window(double place) {
        return 1 / (1 + Math.exp(-40 * (place - 0.42))) / (1 + Math.exp(40 * (place - 0.9)));
    }

    private static boolean onShortcut(LayerId layer) {
        return layer.layer().kind().equals("Add") || layer.name().contains("relu_1");
    }

    /** A run over networks of these sizes, named as given. */
    static RunResult run(Map<String, Integer> counts, List<String> warnings) {
        var layers = new ArrayList<LayerId>();
        counts.forEach((model, count) -> layers.addAll(resnet(model, count)));
        return new RunResult(manifest(counts.keySet().stream().toList(), layers, warnings), trained(layers, counts));
    }

    static RunManifest manifest(List<String> models, List<LayerId> layers, List<String> warnings) {
        var seconds = new LinkedHashMap<String, Double>();
        seconds.put("open", 0.412);
        seconds.put("forward and compare", 41.83);
        seconds.put("write", 0.655);
        return new RunManifest(
                "0.1.0",
                "lamella cka " + String.join(".onnx ", models) + ".onnx --data cifar10:data/cifar-10 --out run",
                "2026-11-17T09:14:05Z",
                models.stream()
                        .map(model -> new RunManifest.Model(
                                model,
                                "checkpoints/" + model + ".onnx",
                                "onnx",
                                "onnx",
                                String.format(Locale.ROOT, "%064x", 0x9e3779b97f4a7c15L ^ model.hashCode()),
                                layers.stream()
                                        .filter(l -> l.model().equals(model))
                                        .map(LayerId::name)
                                        .toList(),
                                List.of("/Shape_output_0: int64, not an activation"),
                                null,
                                null))
                        .toList(),
                new RunManifest.Data("cifar10:data/cifar-10", "5f" + "c0ffee12".repeat(7) + "abcdef"),
                "unbiased",
                256,
                10,
                0,
                "flatten",
                new RunManifest.Examples(10_000, 10_000, 0, null),
                2,
                List.of(
                        new RunManifest.NativeLibrary("OpenBLAS", "0.3.31", "SkylakeX"),
                        new RunManifest.NativeLibrary("ONNX Runtime", "1.29.0", null)),
                seconds,
                warnings);
    }
}
