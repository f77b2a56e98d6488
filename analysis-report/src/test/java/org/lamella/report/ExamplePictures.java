package org.lamella.report;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamella.run.RunResult;

/** Writes pictures and pages of many sizes into a folder, to be looked at: not a test. */
final class ExamplePictures {
    private ExamplePictures() {}

    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        for (int layers : new int[] {1, 3, 9, 45, 120, 400}) {
            long start = System.nanoTime();
            var cka = Runs.run(Map.of("resnet", layers), List.of()).cka();
            Heatmap.of(cka).save(folder.resolve("within-" + layers + ".png"));
            Heatmap.of(cka).save(folder.resolve("within-" + layers + ".svg"));
            System.out.printf("%d layers: %d ms%n", layers, (System.nanoTime() - start) / 1_000_000);
        }
        var counts = new LinkedHashMap<String, Integer>();
        counts.put("resnet20", 45);
        counts.put("wide-resnet14", 31);
        var pair = Runs.run(counts, List.of()).cka();
        Heatmap.of(pair)
                .withSubtitle("CIFAR-10, 10,000 test images, unbiased, batches of 256")
                .save(folder.resolve("joint.png"));
        Heatmap.of(pair).save(folder.resolve("joint.svg"));
        Heatmap.of(pair.between("resnet20", "wide-resnet14")).save(folder.resolve("cross.png"));
        var odd = Runs.named(
                "small", "conv", "dead", "a/very/long/name/of/a/layer/that/does/not/fit/Conv_output_0", "層の名前", "out");
        var oddMatrix = Runs.matrix(
                odd,
                odd,
                (i, j) -> i == 1 || j == 1 ? Double.NaN : i == j ? 1 : i + j == 5 ? -0.21 : i + j == 6 ? 1.07 : 0.31);
        Heatmap.of(oddMatrix).save(folder.resolve("odd.png"));
        Heatmap.of(oddMatrix).save(folder.resolve("odd.svg"));
        var strip = Runs.resnet("deep", 60);
        Heatmap.of(Runs.matrix(Runs.named("probe", "labels"), strip, (i, j) -> j / 60))
                .save(folder.resolve("strip.png"));
        Heatmap.of(Runs.matrix(Runs.named("probe", "labels"), Runs.resnet("deep", 9), (i, j) -> j / 9))
                .save(folder.resolve("strip-9.png"));
        Heatmap.of(Runs.matrix(strip, Runs.named("probe", "labels"), (i, j) -> i / 60))
                .save(folder.resolve("strip-up.png"));
        Report.of(Runs.run(counts, List.of())).save(folder.resolve("report.html"));
        Report.of(new RunResult(
                        Runs.manifest(
                                List.of("small"),
                                odd,
                                List.of("layer 'dead' of small answers the same to every example: its similarities are"
                                        + " undefined (NaN)")),
                        oddMatrix))
                .save(folder.resolve("report-nan.html"));
        counts.clear();
        counts.put("deep", 200);
        counts.put("wide", 200);
        Report.of(Runs.run(counts, List.of())).save(folder.resolve("report-200.html"));
    }
}
