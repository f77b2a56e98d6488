package org.lamella.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;

class IdxDatasetTest {
    private static final int UNSIGNED_BYTE = 0x08;
    private static final int FLOAT = 0x0D;

    @TempDir
    private Path directory;

    private static byte[] idx(int type, int[] lengths, byte[] values) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(type << 8 | lengths.length);
            for (int length : lengths) {
                out.writeInt(length);
            }
            out.write(values);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(directory.resolve(name), bytes);
    }

    private static byte[] counting(int length) {
        byte[] values = new byte[length];
        for (int i = 0; i < length; i++) {
            values[i] = (byte) i;
        }
        return values;
    }

    private static float[] read(Dataset data, int... examples) {
        FloatBuffer into = FloatBuffer.allocate(examples.length * data.features());
        data.read(examples, into);
        assertThat(into.hasRemaining()).isFalse();
        return into.array();
    }

    @Test
    void images_ofThreeLengths_haveOneChannelAndPixelsFromZeroToOne() throws IOException {
        Path images = write("images", idx(UNSIGNED_BYTE, new int[] {100, 2, 3}, counting(600)));
        Path labels = write("labels", idx(UNSIGNED_BYTE, new int[] {100}, counting(100)));

        Dataset data = IdxDataset.open(images, labels);

        assertThat(data.size()).isEqualTo(100);
        assertThat(data.shape()).containsExactly(1, 2, 3);
        assertThat(data.label(99)).hasValue(99);
        assertThat(data.id(7)).isEqualTo("7");
        assertThat(data.name()).isEqualTo("idx:" + images + "," + labels);
        // Bytes above 127 are negative in Java and must not be here; 255 is exactly 1.
        assertThat(read(data, 42, 0))
                .containsExactly(
                        new float[] {
                            252 / 255f,
                            253 / 255f,
                            254 / 255f,
                            1f,
                            0f,
                            1 / 255f,
                            0f,
                            1 / 255f,
                            2 / 255f,
                            3 / 255f,
                            4 / 255f,
                            5 / 255f
                        },
                        org.assertj.core.data.Offset.offset(1e-7f));
    }

    @Test
    void images_gzipped_areReadAsThePlainOnes() throws IOException {
        byte[] values = new byte[60_000];
        new Random(1).nextBytes(values);
        byte[] plain = idx(UNSIGNED_BYTE, new int[] {75, 800}, values);

        Dataset packed = IdxDataset.open(write("images.gz", gzip(plain)), null);

        assertThat(packed.shape()).containsExactly(800);
        assertThat(packed.label(0)).isEmpty();
        assertThat(read(packed, 74, 3)).containsExactly(read(IdxDataset.open(write("images", plain), null), 74, 3));
    }

    @Test
    void images_ofSeveralMegabytes_areReadWhole() throws IOException {
        byte[] values = new byte[5 << 20];
        new Random(2).nextBytes(values);

        Dataset data =
                IdxDataset.open(write("images.gz", gzip(idx(UNSIGNED_BYTE, new int[] {5, 4, 512, 512}, values))), null);

        assertThat(data.shape()).containsExactly(4, 512, 512);
        float[] last = read(data, 4);
        for (int i = 0; i < last.length; i += 997) {
            assertThat(last[i]).isEqualTo((values[(4 << 20) + i] & 0xff) * (1f / 255f));
        }
    }

    @Test
    void floats_areReadAsTheyAre() throws IOException {
        ByteArrayOutputStream values = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(values);
        for (float value : new float[] {-1.5f, 3e20f, 0f, 7f}) {
            out.writeFloat(value);
        }

        Dataset data = IdxDataset.open(write("x", idx(FLOAT, new int[] {2, 2}, values.toByteArray())), null);

        assertThat(read(data, 1, 0)).containsExactly(0f, 7f, -1.5f, 3e20f);
    }

    @Test
    void floats_withANaN_areRefusedWithTheExample() throws IOException {
        ByteArrayOutputStream values = new ByteArrayOutputStream();
        new DataOutputStream(values).write(new byte[12]);
        new DataOutputStream(values).writeFloat(Float.NaN);

        assertRefused(idx(FLOAT, new int[] {2, 2}, values.toByteArray()), "example 1 has the value NaN");
    }

    @Test
    void labels_ofAnotherNumber_areRefusedWithBothNumbers() throws IOException {
        Path images = write("images", idx(UNSIGNED_BYTE, new int[] {3, 1, 1}, counting(3)));
        Path labels = write("labels", idx(UNSIGNED_BYTE, new int[] {4}, counting(4)));

        assertThatThrownBy(() -> IdxDataset.open(images, labels))
                .isInstanceOf(LamellaException.class)
                .hasMessage(labels + ": 4 labels for the 3 images of " + images);
    }

    @Test
    void files_exchanged_areRefused() throws IOException {
        Path images = write("images", idx(UNSIGNED_BYTE, new int[] {4, 1, 1}, counting(4)));
        Path labels = write("labels", idx(UNSIGNED_BYTE, new int[] {4}, counting(4)));

        assertThatThrownBy(() -> IdxDataset.open(labels, images)).hasMessageContaining("where images are expected");
        assertThatThrownBy(() -> IdxDataset.open(images, images)).hasMessageContaining("where labels");
    }

    @Test
    void files_thatAreNotWholeIdx_areRefusedInOneLine() throws IOException {
        byte[] whole = idx(UNSIGNED_BYTE, new int[] {3, 2, 2}, counting(12));

        assertRefused(
                "PNG, perhaps".getBytes(java.nio.charset.StandardCharsets.UTF_8), "not an IDX file: it begins with");
        assertRefused(new byte[0], "ends in its header");
        assertRefused(Arrays.copyOf(whole, 9), "ends in its header");
        assertRefused(Arrays.copyOf(whole, whole.length - 1), "cut off: 11 bytes of numbers");
        assertRefused(Arrays.copyOf(whole, 20), "cut off: 4 bytes of numbers");
        assertRefused(Arrays.copyOf(whole, whole.length + 1), "there are bytes after the 12");
        assertRefused(idx(0x0B, new int[] {3}, new byte[6]), "type 0x0b are not read");
        assertRefused(idx(UNSIGNED_BYTE, new int[] {0, 2, 2}, new byte[0]), "length 0 of the array is 0");
        byte[] packed = gzip(whole);
        assertRefused(Arrays.copyOf(packed, packed.length - 9), "gz");
        assertRefused(
                gzip(Arrays.copyOf(whole, whole.length - 1)), "cut off: 11 bytes of numbers, the header announces 12");
        assertRefused(gzip(Arrays.copyOf(whole, whole.length + 1)), "there are bytes after the 12");
        assertThatThrownBy(() -> IdxDataset.open(directory.resolve("none"), null))
                .hasMessageContaining("no such file");
    }

    @Test
    void headers_thatAnnounceMoreThanTheFileHolds_areRefusedWithoutTheMemory() throws IOException {
        List<int[]> absurd = List.of(
                new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE},
                new int[] {1 << 30, 1},
                new int[] {-1, 28, 28});
        for (int[] lengths : absurd) {
            assertRefused(idx(UNSIGNED_BYTE, lengths, new byte[100]), "the ");
            assertRefused(gzip(idx(UNSIGNED_BYTE, lengths, new byte[100])), "the ");
        }
    }

    @Test
    void files_damagedAtRandom_areReadOrRefused() throws IOException {
        byte[] whole = gzip(idx(UNSIGNED_BYTE, new int[] {3, 4, 5}, counting(60)));
        byte[] plain = idx(FLOAT, new int[] {3, 4, 5}, counting(240));
        Random random = new Random(3);
        for (int i = 0; i < 2_000; i++) {
            byte[] damaged = (i % 2 == 0 ? whole : plain).clone();
            for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Path file = write("damaged", Arrays.copyOf(damaged, 1 + random.nextInt(damaged.length)));
            try {
                Dataset data = IdxDataset.open(file, null);
                read(data, data.size() - 1);
            } catch (LamellaException e) {
                assertThat(e.getMessage()).startsWith(file.toString()).doesNotContain("\n");
            }
        }
    }

    private void assertRefused(byte[] bytes, String message) throws IOException {
        Path file = write("refused", bytes);
        assertThatThrownBy(() -> IdxDataset.open(file, null))
                .isInstanceOf(LamellaException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }
}
