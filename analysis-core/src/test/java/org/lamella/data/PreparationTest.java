package org.lamella.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.array.NpzWriter;

class PreparationTest {
    private static final Optional<ImageShape> ANY = Optional.empty();

    @TempDir
    Path folder;

    private final List<String> notes = new ArrayList<>();

    private DataSource prepared(Preparation preparation, DataSource data, Optional<ImageShape> wanted) {
        return preparation.of(data, "net.onnx", wanted, notes::add);
    }

    private static Dataset tensors(DataSource source) {
        return (Dataset) source.examples();
    }

    /** Numbers counting up, in arrays of a shape. */
    private DataSource npz(String name, int... shape) throws IOException {
        int length = IntStream.of(shape).reduce(1, (a, b) -> a * b);
        Path file = folder.resolve("data.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add(name, IntStream.range(0, length).asDoubleStream().toArray(), shape);
        }
        return Datasets.open("npz:" + file);
    }

    private DataSource images(int height, int width, int type) throws IOException {
        ImageIO.write(
                new BufferedImage(width, height, type),
                "png",
                folder.resolve("image.png").toFile());
        return Datasets.open("images:" + folder);
    }

    @Test
    void arrays_channelsLast_becomeChannelsFirst() throws IOException {
        DataSource last = npz("x", 1, 2, 2, 3);
        DataSource first = prepared(Preparation.none().ofLayout(Layout.NHWC), last, ANY);
        assertThat(tensors(first).shape()).containsExactly(3, 2, 2);
        assertThat(ImageFolderTest.read(tensors(first), 0)).containsExactly(0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11);
        assertThat(first.preparation()).isEqualTo("from channels last");
        assertThat(prepared(Preparation.none().ofLayout(Layout.NCHW), last, ANY))
                .isEqualTo(last);
    }

    @Test
    void everything_isDoneInOrder_andToldInWords() throws IOException {
        var all = new Preparation(
                Layout.NHWC, 3, Resize.shorterSide(2), new Normalization(List.of(10.0, 20.0, 30.0), List.of(2.0)));
        DataSource done = prepared(all, npz("x", 1, 2, 2, 1), ANY);
        assertThat(ImageFolderTest.read(tensors(done), 0))
                .containsExactly(-5, -4.5f, -4, -3.5f, -10, -9.5f, -9, -8.5f, -15, -14.5f, -14, -13.5f);
        assertThat(done.preparation())
                .isEqualTo("from channels last; 3 channels; shorter side 2, centre crop 2 x 2;"
                        + " mean [10.0, 20.0, 30.0], std [2.0]");
    }

    @Test
    void special_goesOverGeneral() {
        var general = new Preparation(null, 3, Resize.shorterSide(64), null);
        var special = Preparation.none().resized(Resize.exactly(32, 48));
        assertThat(special.over(general)).isEqualTo(new Preparation(null, 3, Resize.exactly(32, 48), null));
    }

    @Test
    void images_forAModelOfOneSize_becomeThatSize_andItIsSaid() throws IOException {
        DataSource data = images(40, 60, BufferedImage.TYPE_INT_RGB);
        DataSource fitted = prepared(Preparation.none(), data, ImageShape.of(List.of(3, 24, 24)));
        assertThat(tensors(fitted).shape()).containsExactly(3, 24, 24);
        assertThat(fitted.preparation()).isEqualTo("shorter side 24, centre crop 24 x 24");
        assertThat(notes).singleElement().asString().contains("shorter side 24");
        DataSource cut =
                prepared(Preparation.none().resized(Resize.shorterSide(32)), data, ImageShape.of(List.of(24, 20, 3)));
        assertThat(tensors(cut).shape()).containsExactly(3, 24, 20);
        assertThat(prepared(Preparation.none(), data, ImageShape.of(List.of(3, 40, 60))))
                .isEqualTo(data);
        assertThat(prepared(Preparation.none(), data, ImageShape.of(List.of(3, -1, -1))))
                .isEqualTo(data);
        assertThat(notes).hasSize(1);
    }

    @Test
    void channels_thatDoNotFit_areMadeOrRefused() throws IOException {
        DataSource grey = images(8, 8, BufferedImage.TYPE_BYTE_GRAY);
        assertThat(tensors(prepared(Preparation.none(), grey, ImageShape.of(List.of(3, 8, 8))))
                        .shape())
                .containsExactly(3, 8, 8);
        DataSource colour = images(8, 8, BufferedImage.TYPE_INT_RGB);
        Optional<ImageShape> one = ImageShape.of(List.of(8, 8, 1));
        assertThatThrownBy(() -> prepared(Preparation.none(), colour, one))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("net.onnx: it takes images of 1 channel")
                .hasMessageContaining("have 3; --channels 1 makes them grey");
        assertThat(tensors(prepared(Preparation.none().withChannels(1), colour, one))
                        .shape())
                .containsExactly(1, 8, 8);
        DataSource array = npz("x", 2, 1, 4, 4);
        assertThatThrownBy(() -> prepared(Preparation.none(), array, ImageShape.of(List.of(3, 4, 4))))
                .hasMessageContaining("--channels 3 repeats the one");
    }

    @Test
    void preparations_thatMakeNoSense_areRefused() throws IOException {
        DataSource vectors = npz("x", 4, 5);
        assertThatThrownBy(() -> prepared(Preparation.none().resized(Resize.shorterSide(4)), vectors, ANY))
                .hasMessageContaining("--resize: takes images");
        assertThatThrownBy(() -> prepared(Preparation.none().withChannels(3), vectors, ANY))
                .hasMessageContaining("--channels 3");
        DataSource images = images(8, 8, BufferedImage.TYPE_INT_RGB);
        assertThatThrownBy(() -> prepared(Preparation.none().ofLayout(Layout.NHWC), images, ANY))
                .hasMessageContaining("--layout: is for arrays");
        DataSource texts = Datasets.open("text:" + Files.writeString(folder.resolve("t.txt"), "hello"));
        assertThat(prepared(Preparation.none(), texts, ANY)).isEqualTo(texts);
        assertThatThrownBy(() -> prepared(Preparation.none().withChannels(3), texts, ANY))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("are texts");
    }

    @Test
    void archive_ofOtherArrays_isSeveralInputs() throws IOException {
        Path file = folder.resolve("inputs.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("input_ids", new long[] {1, 2, 3, 4, 5, 6}, 2, 3);
            npz.add("score", new double[] {0.5, 0.25}, 2);
            npz.add("y", new long[] {7, 8}, 2);
        }
        var inputs = (NamedInputs) Datasets.npz(file);
        assertThat(inputs.inputs().keySet()).containsExactly("input_ids", "score");
        assertThat(inputs.label(1)).hasValue(8);
        assertThat(ImageFolderTest.read(
                        java.util.Objects.requireNonNull(inputs.inputs().get("input_ids")), 1))
                .containsExactly(4, 5, 6);
        assertThatThrownBy(() -> Dataset.of(inputs, "net.onnx"))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("[input_ids, score]");
        assertThat(Dataset.of(npz("input", 2, 3).examples(), "net.onnx").shape())
                .containsExactly(3);
    }

    @Test
    void archive_withXAndMore_isXForOneInput() throws IOException {
        Path file = folder.resolve("x.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("x", new double[6], 2, 3);
            npz.add("mask", new double[2], 2);
            npz.add("weights", new double[5], 5);
            npz.add("y", new long[2], 2);
        }
        var inputs = (NamedInputs) Datasets.npz(file);
        assertThat(inputs.inputs().keySet()).containsExactly("x", "mask");
        assertThat(Dataset.of(inputs, "net").shape()).containsExactly(3);
    }
}
