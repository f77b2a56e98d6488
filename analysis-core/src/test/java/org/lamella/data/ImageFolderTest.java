package org.lamella.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamella.LamellaException;
import org.lamella.array.ArrayFile;

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

    // A sum of at most 8 products of numbers up to 1 in float32: 1e-6 is ten times what rounding can do.
    @ParameterizedTest
    @CsvSource({"colour.png,5,4", "colour.png,20,31", "colour.png,4,31", "grey.png,9,6"})
    void resized_toAnySize_isWhatPillowMakesOfIt(String name, int width, int height) throws IOException {
        Dataset data = only(name).resized(Resize.exactly(height, width));
        assertThat(largestDifference(read(data, 0), expected("%s@%dx%d".formatted(name, width, height))))
                .isLessThan(1e-6);
    }

    @Test
    void resized_constantImage_staysConstant() throws IOException {
        write(constant(37, 53, 0x336699), "a.png");
        float[] pixels = read(Datasets.images(folder).resized(Resize.shorterSide(16)), 0);
        for (int i = 0; i < pixels.length; i++) {
            assertThat(pixels[i]).isCloseTo((i / 256 + 1) * 51 / 255f, org.assertj.core.data.Offset.offset(1e-6f));
        }
    }

    @Test
    void resized_gradientHalved_isTheMeanOfFourNeighbours() throws IOException {
        var image = new BufferedImage(32, 4, BufferedImage.TYPE_BYTE_GRAY);
        for (int x = 0; x < 32; x++) {
            for (int y = 0; y < 4; y++) {
                image.getRaster().setSample(x, y, 0, 8 * x);
            }
        }
        write(image, "ramp.png");
        float[] pixels = read(Datasets.images(folder).resized(Resize.exactly(4, 16)), 0);
        // The triangle is symmetric, so away from the border a ramp gives the value at the middle of the two pixels.
        for (int x = 1; x < 15; x++) {
            assertThat(pixels[x]).isCloseTo((16 * x + 4) / 255f, org.assertj.core.data.Offset.offset(1e-6f));
        }
    }

    @Test
    void resized_largerThanTheModel_isCutToTheMiddle() throws IOException {
        var image = constant(20, 40, 0);
        for (int x = 16; x < 24; x++) {
            for (int y = 6; y < 14; y++) {
                image.setRGB(x, y, 0xffffff);
            }
        }
        write(image, "middle.png");
        Dataset data = Datasets.images(folder).resized(Resize.shorterSide(20).croppedTo(8, 8));
        assertThat(data.shape()).containsExactly(3, 8, 8);
        assertThat(read(data, 0)).containsOnly(1f);
    }

    @Test
    void png_ofSixteenBits_keepsThem() throws IOException {
        var image = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
        image.getRaster().setSample(0, 0, 0, 257);
        image.getRaster().setSample(1, 0, 0, 65535);
        write(image, "deep.png");
        // 257 / 65535 is 1 / 255; brightness is taken as it is stored, and not by Java's linear grey.
        assertThat(read(Datasets.images(folder), 0)).containsExactly(1 / 255f, 1f);
    }

    @Test
    void folders_areClassesInTheOrderOfTheirNames() throws IOException {
        for (String name : List.of("b/2.png", "b/10.JPG", "a/z.png", "a b/sub/1.png", "a b/sub.png", ".git/x.png")) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.copy(fixtures().resolve(name.endsWith("JPG") ? "colour.jpg" : "colour.png"), file);
        }
        Files.createDirectory(folder.resolve("empty"));
        Files.writeString(folder.resolve("a/readme.txt"), "no image");
        Dataset data = Datasets.images(folder);
        assertThat(data.classes()).containsExactly("a", "a b", "b", "empty");
        assertThat(java.util.stream.IntStream.range(0, data.size())
                        .mapToObj(i -> data.id(i) + " " + data.label(i).getAsInt()))
                .containsExactly("a/z.png 0", "a b/sub.png 1", "a b/sub/1.png 1", "b/10.JPG 2", "b/2.png 2");
        assertThatThrownBy(data::shape)
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("a/z.png is 13 x 9, b/10.JPG is 24 x 40")
                .hasMessageContaining("--resize N");
        float[] both = read(data.resized(Resize.shorterSide(8)), 4, 3);
        assertThat(Arrays.copyOfRange(both, 0, 192)).isEqualTo(read(data.resized(Resize.shorterSide(8)), 4));
    }

    @Test
    void flatFolder_hasNoLabels_andItsDigestIsOneOfNamesAndContents() throws IOException {
        write(constant(4, 4, 0x102030), "one.png");
        write(constant(4, 4, 0x405060), "two.png");
        DataSource source = Datasets.open("images:" + folder);
        assertThat(source.examples().label(0)).isEmpty();
        assertThat(source.examples().classes()).isEmpty();
        String listing = "%s  one.png%n%s  two.png%n"
                .formatted(
                        Sha256.of(List.of(folder.resolve("one.png"))), Sha256.of(List.of(folder.resolve("two.png"))));
        assertThat(source.sha256())
                .isEqualTo(Sha256.ofBytes(listing.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        Files.move(folder.resolve("one.png"), folder.resolve("three.png"));
        assertThat(Datasets.open("images:" + folder).sha256()).isNotEqualTo(source.sha256());
    }

    @Test
    void greyAndColour_together_areColour() throws IOException {
        Files.copy(fixtures().resolve("grey.png"), folder.resolve("a.png"));
        assertThat(Datasets.images(folder).shape()).containsExactly(1, 13, 9);
        Files.copy(fixtures().resolve("colour.png"), folder.resolve("b.png"));
        Dataset both = Datasets.images(folder);
        assertThat(both.shape()).containsExactly(3, 13, 9);
        float[] grey = read(both, 0);
        assertThat(Arrays.copyOfRange(grey, 117, 234)).isEqualTo(Arrays.copyOf(grey, 117));
        float[] made = read(both.withChannels(1), 1);
        double[] colour = expected("colour.png");
        for (int i = 0; i < 117; i++) {
            assertThat((double) made[i])
                    .isCloseTo(
                            0.299 * colour[i] + 0.587 * colour[117 + i] + 0.114 * colour[234 + i],
                            org.assertj.core.data.Offset.offset(1e-6));
        }
    }

    @Test
    void folders_thatAreNotOfImages_areRefusedInOneLine() throws IOException {
        assertThatThrownBy(() -> Datasets.images(folder)).hasMessageContaining("has no JPEG or PNG files");
        assertThatThrownBy(() -> Datasets.images(folder.resolve("none"))).hasMessageContaining("no such folder");
        Path png = write(constant(2, 2, 0), "a.png");
        assertThatThrownBy(() -> Datasets.images(png)).hasMessageContaining("is a file, not a folder");
        write(constant(2, 2, 0), "class/b.png");
        assertThatThrownBy(() -> Datasets.images(folder)).hasMessageContaining("images of its own (a.png)");
        Files.delete(png);
        Files.write(folder.resolve("class/c.webp"), new byte[10]);
        assertThatThrownBy(() -> Datasets.images(folder))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("c.webp")
                .hasMessageContaining("convert it");
    }

    @Test
    void files_cutOffOrDamaged_areRefusedWithTheirName() throws IOException {
        byte[] jpeg = Files.readAllBytes(fixtures().resolve("colour.jpg"));
        assertRefused("half.jpg", Arrays.copyOf(jpeg, jpeg.length - 200), "cut off or damaged");
        assertRefused("header.jpg", Arrays.copyOf(jpeg, 100), "cut off in its header");
        byte[] png = Files.readAllBytes(fixtures().resolve("colour.png"));
        assertRefused("half.png", Arrays.copyOf(png, png.length - 200), "damaged image");
        assertRefused(
                "text.png", "hello".getBytes(java.nio.charset.StandardCharsets.UTF_8), "neither a PNG nor a JPEG");
        assertRefused("empty.jpg", new byte[0], "neither a PNG nor a JPEG");
        byte[] palette = Files.readAllBytes(fixtures().resolve("palette.png"));
        palette[new String(palette, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("IDAT")] = (byte) 0xf4;
        assertRefused("unknown.png", palette, "is a damaged image: its content contradicts itself");
    }

    @Test
    void headers_thatClaimMoreThanTheFileHolds_areRefusedBeforeDecoding() throws IOException {
        byte[] png = Files.readAllBytes(fixtures().resolve("colour.png"));
        assertRefused("huge.png", claiming(png, 100_000, 100_000), "100,000 x 100,000 pixels");
        assertRefused("large.png", claiming(png, 9_000, 9_000), "more than a file of its length can hold");
        assertRefused("none.png", claiming(png, 0, 5), "0");
        byte[] bitless = png.clone();
        bitless[24] = 0;
        assertRefused("bitless.png", bitless, "is a damaged PNG: 0 bits a sample");
        byte[] jpeg = Files.readAllBytes(fixtures().resolve("colour.jpg"));
        int frame = 0;
        while (jpeg[frame] != (byte) 0xff || jpeg[frame + 1] != (byte) 0xc0) {
            frame++;
        }
        Arrays.fill(jpeg, frame + 5, frame + 9, (byte) 0x2f);
        assertRefused("large.jpg", jpeg, "pixels");
    }

    private static byte[] claiming(byte[] png, int width, int height) {
        byte[] changed = png.clone();
        var bytes = java.nio.ByteBuffer.wrap(changed).putInt(16, width).putInt(20, height);
        var check = new CRC32();
        check.update(changed, 12, 17);
        bytes.putInt(29, (int) check.getValue());
        return changed;
    }

    private void assertRefused(String name, byte[] content, String message) throws IOException {
        Path sub = Files.createDirectory(folder.resolve(name + ".d"));
        Files.write(sub.resolve(name), content);
        assertThatThrownBy(() -> read(Datasets.images(sub), 0))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(message);
    }

    @Test
    void files_damagedAtRandom_areReadOrRefused() throws IOException {
        var random = new java.util.Random(11);
        List<byte[]> whole = new java.util.ArrayList<>();
        for (String name :
                List.of("colour.jpg", "progressive.jpg", "cmyk.jpg", "turned-6.jpg", "palette.png", "alpha.png")) {
            whole.add(Files.readAllBytes(fixtures().resolve(name)));
        }
        int read = 0;
        for (int i = 0; i < 3_000; i++) {
            byte[] damaged = whole.get(i % whole.size()).clone();
            for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            int length = i % 3 == 0 ? 1 + random.nextInt(damaged.length) : damaged.length;
            try {
                byte[] file = Arrays.copyOf(damaged, length);
                ImageHeader header = ImageHeader.of("damaged", file);
                DecodedImage image = DecodedImage.of("damaged", file, header, 3);
                Resampling.resized(image, Resize.shorterSide(8));
                read++;
            } catch (LamellaException e) {
                assertThat(e.getMessage()).startsWith("damaged: ").doesNotContain("\n");
            }
        }
        assertThat(read).isBetween(100, 2_900); // neither all refused nor none
    }
}
