package org.lamella.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamella.LamellaException;

/** The files are written here byte by byte as numpy's format description has them, not by the project's own writer. */
class ArrayFileTest {
    @TempDir
    Path folder;

    private static byte[] npy(String header, byte[] content) {
        byte[] text = (header + "\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        ByteBuffer bytes =
                ByteBuffer.allocate(10 + text.length + content.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) text.length);
        return bytes.put(text).put(content).array();
    }

    private static String header(String descr, boolean fortran, String shape) {
        return "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }"
                .formatted(descr, fortran ? "True" : "False", shape);
    }

    /** Numbers 0, 1, 2 … in a format. */
    private static byte[] count(String descr, int numbers) {
        int size = descr.charAt(2) - '0';
        ByteBuffer bytes = ByteBuffer.allocate(numbers * size)
                .order(descr.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < numbers; i++) {
            switch (descr.substring(1)) {
                case "f2" -> bytes.putShort((short) (i == 0 ? 0 : halfOf(i)));
                case "f4" -> bytes.putFloat(i);
                case "f8" -> bytes.putDouble(i);
                case "i8" -> bytes.putLong(i);
                case "i4" -> bytes.putInt(i);
                default -> bytes.put((byte) i);
            }
        }
        return bytes.array();
    }

    // Bits of a small whole number in IEEE 754 binary16.
    private static int halfOf(int value) {
        int exponent = 31 - Integer.numberOfLeadingZeros(value);
        return (exponent + 15) << 10 | (value << (10 - exponent)) & 0x3ff;
    }

    private static float[] rows(StoredArray array, int... wanted) {
        FloatBuffer into = FloatBuffer.allocate(wanted.length * array.rowLength());
        array.read(wanted, into);
        return into.array();
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<f4", ">f4", "<f8", ">f8", "<f2", ">f2", "<i8", "<i4", "|u1"})
    void npy_everyNumberFormat_readsRowsInAnyOrder(String descr) throws IOException {
        Path file = write("a.npy", npy(header(descr, false, "(4, 2, 3)"), count(descr, 24)));
        try (ArrayFile arrays = ArrayFile.open(file)) {
            StoredArray array = arrays.arrays().get(0);
            assertThat(array.rows()).isEqualTo(4);
            assertThat(array.rowShape()).containsExactly(2, 3);
            assertThat(rows(array, 2, 0)).containsExactly(12, 13, 14, 15, 16, 17, 0, 1, 2, 3, 4, 5);
        }
    }

    @Test
    void npy_fortranOrder_readsRowsInCOrder() throws IOException {
        // Element (i, j, k) of a 4 x 2 x 3 array is at i + 4 j + 8 k.
        Path file = write("a.npy", npy(header("<f4", true, "(4, 2, 3)"), count("<f4", 24)));
        try (ArrayFile arrays = ArrayFile.open(file)) {
            assertThat(rows(arrays.arrays().get(0), 1)).containsExactly(1, 9, 17, 5, 13, 21);
            assertThat(arrays.arrays().get(0).view(0, 1)).isEmpty();
        }
    }

    @Test
    void npz_storedAndDeflated_keepsTheFilesOrder() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (String name : List.of("zeta", "alpha")) {
                zip.putNextEntry(new ZipEntry(name + ".npy"));
                zip.write(npy(header("<f4", false, "(5, 2)"), count("<f4", 10)));
            }
        }
        try (ArrayFile arrays = ArrayFile.open(write("a.npz", bytes.toByteArray()))) {
            assertThat(arrays.arrays()).extracting(StoredArray::name).containsExactly("zeta", "alpha");
            assertThat(rows(arrays.arrays().get(1), 4)).containsExactly(8, 9);
        }
    }

    @Test
    void npz_ownWriter_givesBackWhatWasWritten() throws IOException {
        Path file = folder.resolve("w.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("numbers", new double[] {1.5, Double.NaN, -1e300, 4}, 2, 2);
            npz.add("names", List.of("conv1", "größe"));
            npz.add("count", new long[] {7, 8}, 2);
        }
        try (ArrayFile arrays = ArrayFile.open(file)) {
            assertThat(arrays.array("numbers").orElseThrow().readDoubles()).containsExactly(1.5, Double.NaN, -1e300, 4);
            assertThat(arrays.array("count").orElseThrow().readDoubles()).containsExactly(7, 8);
            assertThat(arrays.unread()).extracting(ArrayFile.Unread::name).containsExactly("names");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 9), }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-3, 2), }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807), }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (4000000000, 1), }",
                "{'descr': '<f4', 'shape': (3, 2), }",
                "nothing"
            })
    void npy_brokenHead_isRefusedWithTheFilesName(String header) throws IOException {
        Path file = write("broken.npy", npy(header, count("<f4", 6)));
        assertThatThrownBy(() -> ArrayFile.open(file))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("broken.npy");
    }

    @Test
    void npz_cutAnywhere_isRefusedOrComplete() throws IOException {
        Path whole = folder.resolve("whole.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(whole))) {
            npz.add("a", new double[40], 10, 4);
            npz.add("b", new double[20], 10, 2);
        }
        byte[] bytes = Files.readAllBytes(whole);
        for (int length = 0; length < bytes.length; length += 7) {
            Path cut = write("cut.npz", Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> ArrayFile.open(cut))
                    .as("cut at %d", length)
                    .isInstanceOf(LamellaException.class)
                    .hasMessageContaining("cut.npz");
        }
    }

    @Test
    void npz_bytesChangedAtRandom_neverFailsOtherwiseThanByName() throws IOException {
        Path whole = folder.resolve("whole.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(whole))) {
            npz.add("a", new double[40], 10, 4);
        }
        byte[] bytes = Files.readAllBytes(whole);
        var random = new Random(3);
        for (int trial = 0; trial < 2000; trial++) {
            byte[] changed = bytes.clone();
            for (int k = 0; k < 1 + trial % 4; k++) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            Path file = write("changed.npz", changed);
            try (ArrayFile arrays = ArrayFile.open(file)) {
                for (StoredArray array : arrays.arrays()) {
                    rows(array, array.rows() - 1);
                }
            } catch (LamellaException expected) {
                assertThat(expected).hasMessageContaining("changed.npz");
            }
        }
    }
}
