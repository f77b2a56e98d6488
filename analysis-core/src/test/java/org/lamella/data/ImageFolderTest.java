package org.lamella.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamella.numpy.ArrayFile;

class ImageFolderTest {
    @TempDir
    Path folder;

    private static Path fixtures() {
        try {
            return Path.of(Objects.requireNonNull(ImageFolderTest.class.getResource("images"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static double[] expected(String name) {
        try (ArrayFile file = ArrayFile.open(fixtures().resolve("expected.npz"))) {
            return file.array(name).orElseThrow().readDoubles();
        }
    }

    static float[] read(Dataset data, int... examples) {
        FloatBuffer into = FloatBuffer.allocate(examples.length * data.features());
        data.read(examples, into);
        assertThat(into.hasRemaining()).isFalse();
        return into.array();
    }

    private static double largestDifference(float[] found, double[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        double largest = 0;
        for (int i = 0; i < found.length; i++) {
            largest = Math.max(largest, Math.abs(found[i] - expected[i]));
        }
        return largest;
    }

    private Dataset only(String fixture) throws IOException {
        Files.copy(fixtures().resolve(fixture), folder.resolve(fixture));
        return Datasets.images(folder);
    }

    private Path write(BufferedImage image, String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        String format = name.substring(name.lastIndexOf('.') + 1);
        assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
        return file;
    }

    private static BufferedImage constant(int height, int width, int rgb) {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, rgb);
            }
        }
        return image;
    }

    // Lossless: what Pillow reads, to float32's last bit or so.
    @ParameterizedTest
    @ValueSource(strings = {"colour.png", "alpha.png", "grey.png", "grey-alpha.png", "palette.png", "bits.png"})
    void png_ofAnyKind_hasThePixelsThatPillowReads(String name) throws IOException {
        assertThat(largestDifference(read(only(name), 0), expected(name))).isLessThan(1e-6);
    }

    // Two decoders of JPEG may differ by one step of 1/255 in each of three channels before colours are mixed; chroma
    // that is
    // stored at half size is interpolated differently by none of them here.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "colour.jpg", "colour-444.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "turned-1.jpg",
                "turned-2.jpg", "turned-3.jpg", "turned-4.jpg", "turned-5.jpg", "turned-6.jpg", "turned-7.jpg",
                "turned-8.jpg"
            })
    void jpeg_ofAnyKind_hasThePixelsThatPillowReads(String name) throws IOException {
        Dataset data = only(name);
        boolean aside = name.matches("turned-[5-8].*");
        assertThat(data.shape()).isEqualTo(List.of(name.equals("grey.jpg") ? 1 : 3, aside ? 40 : 24, aside ? 24 : 40));
        assertThat(largestDifference(read(data, 0), expected(name))).isLessThan(3 / 255.0);
    }
}
