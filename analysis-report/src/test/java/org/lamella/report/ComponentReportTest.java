package org.lamella.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.Reduction;
import org.lamella.array.NpzWriter;
import org.lamella.component.Components;
import org.lamella.model.Checkpoints;
import org.lamella.run.ComponentResults;
import org.lamella.run.ComponentRun;
import org.lamella.run.FeatureMap;

/** The page of components, drawn from the files of a real analysis of activations made here. */
class ComponentReportTest {
    @TempDir
    Path folder;

    private ComponentResults analysed(ComponentRun.Listener listener) throws IOException {
        var random = new Random(1);
        Path file = folder.resolve("net.npz");
        int n = 40;
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("maps", random.doubles(n * 12L).toArray(), n, 3, 2, 2);
            npz.add("a<b>", random.doubles(n * 6L).toArray(), n, 6);
            npz.add("dead", new double[n], n, 1);
            npz.add("__labels__", IntStream.range(0, n).mapToLong(i -> i % 2).toArray(), n);
            npz.add("__ids__", IntStream.range(0, n).mapToObj(i -> "<i>" + i).toList());
        }
        return ComponentRun.execute(
                new ComponentRun.Request(
                        List.of(Checkpoints.openNamed(file.toString())),
                        null,
                        LayerSelection.all(),
                        Reduction.FLATTEN,
                        new Components.Options(0, 3, 1, 0.1, List.of(), false, 1),
                        0,
                        List.of("maps"),
                        List.of("3"),
                        folder.resolve("out"),
                        "lamella components"),
                listener);
    }

    @Test
    void page_hasEveryMapAndPicture_andLoadsNothing() throws IOException {
        ComponentResults results = analysed(new ComponentRun.Listener() {
            @Override
            public void draw(ComponentResults found, Map<Path, FeatureMap> maps) {
                maps.forEach((file, map) -> FeatureMapPicture.save(map, file));
            }
        });
        String html = Report.of(results).html();

        assertThat(count(html, "data-map=")).isEqualTo(6);
        assertThat(count(html, "data-kind=\"cka-without-pc1\"")).isEqualTo(1);
        // Three charts, one picture of panels, one of feature maps.
        assertThat(count(html, "<img ")).isEqualTo(5);
        assertThat(count(html, "src=")).isEqualTo(count(html, "src=\"data:image/png;base64,"));
        assertThat(html).contains("has no components").contains("a&lt;b&gt;").doesNotContain("<b>a<b>");
        assertThat(html).contains("&lt;i&gt;").doesNotContain("<i>3");
        assertThat(Report.of(results).html()).isEqualTo(html);
        assertThat(count(html, "<section")).isEqualTo(5);
    }

    /** Cells of the feature map have the greys of its numbers: the largest white, the smallest black. */
    @Test
    void featureMap_isDrawnFromBlackToWhite() throws IOException {
        int[] extremes = new int[2];
        analysed(new ComponentRun.Listener() {
            @Override
            public void draw(ComponentResults found, Map<Path, FeatureMap> maps) {
                FeatureMap map = maps.values().iterator().next();
                try {
                    BufferedImage image = ImageIO.read(new ByteArrayInputStream(FeatureMapPicture.png(map)));
                    int top = 14 + 40;
                    for (int at = 0; at < map.values().length; at++) {
                        // Tiles of 2 x 2 cells of 24 pixels, two of them beside each other.
                        int channel = at / 4;
                        int x = 14 + channel % 2 * 51 + at % 2 * 24 + 12;
                        int y = top + channel / 2 * 51 + at % 4 / 2 * 24 + 12;
                        int rgb = image.getRGB(x, y) & 0xffffff;
                        extremes[0] += rgb == 0xffffff ? 1 : 0;
                        extremes[1] += rgb == 0 ? 1 : 0;
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        });
        assertThat(extremes).containsExactly(1, 1);
    }

    private static long count(String text, String part) {
        return Pattern.compile(Pattern.quote(part)).matcher(text).results().count();
    }
}
