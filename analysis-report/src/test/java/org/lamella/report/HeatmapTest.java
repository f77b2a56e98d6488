package org.lamella.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.block.Block;
import org.lamella.block.Blocks;
import org.lamella.similarity.CkaMatrix;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

class HeatmapTest {
    private static final int CELL = 12;

    @TempDir
    Path folder;

    private static BufferedImage png(Heatmap heatmap) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(PngPicture.of(heatmap)));
    }

    private static Document svg(Heatmap heatmap) throws Exception {
        var factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(SvgPicture.of(heatmap)));
    }

    private static List<String> texts(Document document) {
        NodeList found = document.getElementsByTagNameNS("http://www.w3.org/2000/svg", "text");
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> found.item(i).getTextContent())
                .toList();
    }

    /** Where the map begins: the pixel of the leftmost lowest cell, found by its colour. */
    private static int[] lowerLeft(BufferedImage image, int rgb) {
        for (int x = 0; x < image.getWidth(); x++) {
            for (int y = image.getHeight() - 1; y >= 0; y--) {
                if ((image.getRGB(x, y) & 0xffffff) == rgb) {
                    return new int[] {x, y};
                }
            }
        }
        throw new AssertionError("no pixel of colour " + Integer.toHexString(rgb));
    }

    private static int cellColour(BufferedImage image, int[] origin, int x, int y) {
        return image.getRGB(origin[0] + x, origin[1] - y) & 0xffffff;
    }

    @Test
    void png_cells_haveTheColoursOfTheirValues_rowsUpwardsColumnsRightwards() throws IOException {
        var rows = Runs.named("rows", "a", "b", "c");
        var columns = Runs.named("columns", "p", "q", "r", "s");
        CkaMatrix matrix = Runs.matrix(rows, columns, (i, j) -> (4 * i + j + 1) / 13);
        var scale = new ColourScale(0, 1);
        for (int density : new int[] {1, 2, 3}) {
            BufferedImage image = png(Heatmap.of(matrix).withCellSize(CELL).withDensity(density));
            int side = density * CELL;
            int[] origin = lowerLeft(image, scale.colour(matrix.value(0, 0)));
            for (int row = 0; row < 3; row++) {
                for (int column = 0; column < 4; column++) {
                    for (int inset : new int[] {0, side / 2, side - 1}) {
                        assertThat(cellColour(image, origin, column * side + inset, row * side + inset))
                                .as("row %d, column %d", row, column)
                                .isEqualTo(scale.colour(matrix.value(row, column)));
                    }
                }
            }
            assertThat(cellColour(image, origin, 4 * side, 0)).isEqualTo(0xffffff);
            assertThat(cellColour(image, origin, 0, 3 * side)).isEqualTo(0xffffff);
        }
    }

    @Test
    void png_undefinedBelowAndAbove_haveTheirOwnColours() throws IOException {
        var layers = Runs.named("m", "a", "b", "c", "d");
        double[] values = {0.25, -0.2, 1.2, Double.NaN};
        BufferedImage image = png(Heatmap.of(Runs.matrix(Runs.named("m", "x"), layers, (i, j) -> values[(int) j]))
                .withCellSize(16)
                .withDensity(1));
        int[] origin = lowerLeft(image, new ColourScale(0, 1).colour(0.25));
        assertThat(cellColour(image, origin, 24, 8)).isEqualTo(ColourScale.BELOW);
        assertThat(cellColour(image, origin, 40, 8)).isEqualTo(ColourScale.ABOVE);
        var undefined = IntStream.range(0, 256)
                .map(i -> cellColour(image, origin, 48 + i % 16, i / 16))
                .distinct();
        assertThat(undefined.toArray()).containsExactlyInAnyOrder(ColourScale.UNDEFINED, ColourScale.UNDEFINED_HATCH);
    }

    @Test
    void png_severalModels_standApart() throws IOException {
        var layers = Runs.named("one", "a", "b");
        layers.addAll(Runs.named("two", "c"));
        BufferedImage image = png(Heatmap.of(Runs.matrix(layers, layers, (i, j) -> 0.5))
                .withCellSize(CELL)
                .withDensity(1));
        int half = Magma.colour(128);
        int[] origin = lowerLeft(image, half);
        assertThat(IntStream.range(0, 3 * CELL + 3)
                        .filter(x -> cellColour(image, origin, x, 5) != half)
                        .toArray())
                .containsExactly(2 * CELL, 2 * CELL + 1, 2 * CELL + 2);
        assertThat(IntStream.range(0, 3 * CELL + 3)
                        .filter(y -> cellColour(image, origin, 5, y) != half)
                        .toArray())
                .containsExactly(2 * CELL, 2 * CELL + 1, 2 * CELL + 2);
    }

    private static Blocks blocks(String model, int layers, int start, int end) {
        List<String> names = IntStream.range(0, layers).mapToObj(i -> "l" + i).toList();
        var block =
                new Block(start, end, names.get(start), names.get(end - 1), 0.9, 0.9, 0.3, 0.3, 0.3, List.of(), null);
        return new Blocks(model, names, List.of(block));
    }

    @Test
    void mark_blockOfTheSecondModel_isOutlinedInItsOwnPart() throws IOException {
        var layers = Runs.named("one", "a", "b");
        layers.addAll(Runs.named("two", "p", "q", "r", "s"));
        var heatmap = Heatmap.of(Runs.matrix(layers, layers, (i, j) -> 0.5))
                .withCellSize(CELL)
                .withDensity(1);
        int[] origin = lowerLeft(png(heatmap), Magma.colour(128));
        BufferedImage image = png(heatmap.mark(blocks("two", 4, 1, 3)));
        int line = 0x00796b;
        // Layers 1 and 2 of the second model are cells 3 and 4, after a gap of 3 pixels.
        int from = 3 * CELL + 3;
        int to = 5 * CELL + 3;
        for (int middle : new int[] {from + CELL / 2, to - CELL / 2}) {
            assertThat(cellColour(image, origin, from, middle)).isEqualTo(line);
            assertThat(cellColour(image, origin, to, middle)).isEqualTo(line);
            assertThat(cellColour(image, origin, middle, from)).isEqualTo(line);
            assertThat(cellColour(image, origin, middle, to - 1)).isEqualTo(line);
            assertThat(cellColour(image, origin, middle, middle)).isEqualTo(Magma.colour(128));
        }
        assertThat(cellColour(image, origin, CELL, CELL)).isEqualTo(Magma.colour(128));
    }

    @Test
    void mark_blocksOfOtherLayers_isRefused() {
        var layers = Runs.named("one", "a", "b", "c");
        var heatmap = Heatmap.of(Runs.matrix(layers, layers, (i, j) -> 0.5));
        assertThatThrownBy(() -> heatmap.mark(blocks("two", 3, 0, 2)))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("0 layers of model 'two'");
        assertThatThrownBy(() -> heatmap.mark(blocks("one", 4, 0, 2))).isInstanceOf(LamellaException.class);
        assertThat(heatmap.mark(blocks("", 3, 0, 2)).marks()).hasSize(1);
    }

    @Test
    void range_given_movesTheColours() throws IOException {
        var matrix = Runs.matrix(Runs.named("m", "a"), Runs.named("m", "p", "q"), (i, j) -> 0.7 + 0.1 * j);
        BufferedImage image =
                png(Heatmap.of(matrix).withRange(0.6, 0.8).withCellSize(CELL).withDensity(1));
        int[] origin = lowerLeft(image, new ColourScale(0.6, 0.8).colour(matrix.value(0, 0)));
        assertThat(cellColour(image, origin, CELL, 0)).isEqualTo(Magma.colour(255));
    }

    @Test
    void sameMatrix_twice_givesTheSameBytes() {
        var cka = Runs.run(Map.of("net", 12), List.of()).cka();
        assertThat(PngPicture.of(Heatmap.of(cka))).isEqualTo(PngPicture.of(Heatmap.of(cka)));
        assertThat(SvgPicture.of(Heatmap.of(cka))).isEqualTo(SvgPicture.of(Heatmap.of(cka)));
    }

    @Test
    void svg_labels_areTextInTheOrderOfTheLayers() throws Exception {
        var counts = new LinkedHashMap<String, Integer>();
        counts.put("first", 3);
        counts.put("second", 4);
        var heatmap = Heatmap.of(Runs.run(counts, List.of()).cka())
                .withTitle("Two <networks> & more")
                .withSubtitle("on 10 examples");
        Document document = svg(heatmap);
        assertThat(texts(document))
                .contains("Two <networks> & more", "on 10 examples", "CKA", "0.0", "1.0", "input  0", "logits  3")
                .contains("layer1/layer1.0/conv1/Conv  1", "layer2/layer2.0/bn1/BatchNormalization  2");
        assertThat(texts(document)).filteredOn("first"::equals).hasSize(2);
        assertThat(texts(document)).filteredOn("second"::equals).hasSize(2);
        assertThat(document.getDoctype()).isNull();
    }

    @Test
    void svg_characters_thatXmlCannotHold_areReplaced() throws Exception {
        var layers = Runs.named("m\u0001", "a\u0000b", "<c>&\"");
        assertThat(texts(svg(Heatmap.of(Runs.matrix(layers, layers, (i, j) -> 0.1)))))
                .contains("a\uFFFDb  0", "<c>&\"  1", "m\uFFFD");
    }

    @Test
    void svg_fourHundredLayers_isSmall() {
        // A shape for each of the 160,000 cells would be several megabytes.
        assertThat(SvgPicture.of(
                        Heatmap.of(Runs.run(Map.of("net", 400), List.of()).cka())))
                .hasSizeLessThan(1_000_000);
    }

    @Test
    void undefinedCells_areNamedByTheColourBar_onlyWhereThereAreAny() throws Exception {
        var layers = Runs.named("m", "a", "b");
        assertThat(texts(svg(Heatmap.of(Runs.matrix(layers, layers, (i, j) -> i == 1 ? Double.NaN : -0.5)))))
                .contains("undefined", "< 0")
                .doesNotContain("> 1");
        assertThat(texts(svg(Heatmap.of(Runs.matrix(layers, layers, (i, j) -> 0.5)))))
                .doesNotContain("undefined", "< 0", "> 1");
    }

    @Test
    void names_tooLong_areShortenedAndOthersAreNot() throws Exception {
        String longName = "/encoder/" + "block/".repeat(20) + "Conv_output_0";
        var layers = Runs.named("m", "input", longName);
        var shown = texts(svg(Heatmap.of(Runs.matrix(layers, layers, (i, j) -> 0.5))));
        assertThat(shown).contains("input  0");
        assertThat(shown).anyMatch(text -> text.startsWith("enc") && text.contains("…") && text.endsWith("Conv  1"));
    }

    @Test
    void pictures_ofAnyShape_areDrawn() throws IOException {
        for (int[] shape : new int[][] {{1, 1}, {1, 9}, {9, 1}, {1, 400}, {500, 500}}) {
            var matrix = Runs.matrix(
                    Runs.resnet("rows", shape[0]), Runs.resnet("columns", shape[1]), (i, j) -> i == j ? 1 : 0.4);
            var image = png(Heatmap.of(matrix).withDensity(1));
            assertThat(image.getWidth()).isGreaterThan(shape[1]).isLessThan(3000);
            assertThat(image.getHeight()).isGreaterThan(shape[0]).isLessThan(3000);
        }
    }

    @Test
    void save_byExtension_writesWholeFilesAlone() throws IOException {
        var heatmap = Heatmap.of(Runs.run(Map.of("net", 3), List.of()).cka());
        heatmap.save(folder.resolve("new/cka.png"));
        heatmap.save(folder.resolve("new/cka.SVG"));
        try (var files = Files.list(folder.resolve("new"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("cka.png", "cka.SVG");
        }
        assertThat(ImageIO.read(folder.resolve("new/cka.png").toFile()).getWidth())
                .isGreaterThan(100);
        assertThat(Files.readString(folder.resolve("new/cka.SVG"))).contains("<svg ");
    }

    @Test
    void save_elsewhere_saysWhatToDo() throws IOException {
        var heatmap = Heatmap.of(Runs.run(Map.of("net", 3), List.of()).cka());
        assertThatThrownBy(() -> heatmap.save(folder.resolve("cka.gif")))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("cka.gif")
                .hasMessageContaining(".png or .svg");
        Files.createDirectory(folder.resolve("taken.png"));
        Files.createFile(folder.resolve("taken.png/file"));
        assertThatThrownBy(() -> heatmap.save(folder.resolve("taken.png")))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("taken.png");
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void heatmap_tooLarge_orEmpty_isRefusedInALine() {
        var cka = Runs.run(Map.of("net", 400), List.of()).cka();
        assertThatThrownBy(() -> Heatmap.of(cka).withCellSize(50))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("smaller cells");
        assertThatThrownBy(() -> Heatmap.of(new CkaMatrix(List.of(), List.of(), new double[0], new double[0])))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("no layers");
    }
}
