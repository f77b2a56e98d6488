package org.lamella.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamella.LamellaException;

/**
 * Files that numpy, safetensors and h5py wrote (make.py beside them). Element (i, j, k) of every float array of shape (7, 2,
 * 3) is (6 i + 3 j + k - 11) / 4, exact in every format, so that values are compared exactly.
 */
class StoredKindsTest {
    @TempDir
    Path folder;

    static Path fixture(String name) {
        try {
            return Path.of(Objects.requireNonNull(StoredKindsTest.class.getResource("/stored/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static float[] expected(int... rows) {
        FloatBuffer values = FloatBuffer.allocate(rows.length * 6);
        for (int row : rows) {
            for (int column = 0; column < 6; column++) {
                values.put((6 * row + column - 11) / 4f);
            }
        }
        return values.array();
    }

    private static void requireValues(StoredArray array) {
        assertThat(array.rows()).isEqualTo(7);
        assertThat(array.rowLength()).isEqualTo(6);
        int[] inOrder = {0, 1, 2, 3, 4, 5, 6};
        int[] mixed = {5, 0, 6, 5, 2};
        for (int[] rows : List.of(inOrder, mixed, new int[] {3})) {
            FloatBuffer into = FloatBuffer.allocate(rows.length * 6 + 1).position(1);
            array.read(rows, into);
            assertThat(into.remaining()).isZero();
            assertThat(into.slice(1, rows.length * 6)).isEqualTo(FloatBuffer.wrap(expected(rows)));
        }
        assertThat(array.readDouble(4, 5)).isEqualTo((24 + 5 - 11) / 4.0);
        array.view(2, 3).ifPresent(view -> {
            float[] seen = new float[18];
            view.get(seen);
            assertThat(seen).containsExactly(expected(2, 3, 4));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"stored.npz", "deflated.npz"})
    void npz_ofNumpy_readsEveryFloatInBothOrders(String name) {
        try (ArrayFile file = ArrayFile.open(fixture(name))) {
            assertThat(file.arrays())
                    .extracting(StoredArray::name)
                    .containsExactly(
                            "half",
                            "half-big",
                            "single",
                            "single-big",
                            "double",
                            "double-big",
                            "block/half-fortran",
                            "block/half-big-fortran",
                            "block/single-fortran",
                            "block/single-big-fortran",
                            "block/double-fortran",
                            "block/double-big-fortran",
                            "labels");
            file.arrays().stream().filter(StoredArray::isFloating).forEach(StoredKindsTest::requireValues);
            assertThat(file.unread())
                    .extracting(ArrayFile.Unread::name)
                    .containsExactlyInAnyOrder("flags", "names", "epoch");
            assertThat(file.array("half").orElseThrow().unpacked()).isEqualTo(name.startsWith("d") ? 84 : 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"half", "single-big", "double", "version2", "wide-fortran"})
    void npy_ofNumpy_readsTheSameValues(String name) {
        try (ArrayFile file = ArrayFile.open(fixture("folder/" + name + ".npy"))) {
            requireValues(file.arrays().get(0));
        }
    }

    @Test
    void safetensors_ofTheLibrary_areReadAsTheyLie() {
        try (ArrayFile file = ArrayFile.open(fixture("library.safetensors"))) {
            List<StoredArray> floats =
                    file.arrays().stream().filter(StoredArray::isFloating).toList();
            assertThat(floats).extracting(StoredArray::name).containsExactlyInAnyOrder("half", "single", "double");
            floats.forEach(StoredKindsTest::requireValues);
            assertThat(file.array("single").orElseThrow().view(0, 7)).isPresent();
            assertThat(file.array("labels").orElseThrow().readDoubles()).containsExactly(0, 1, 2, 3, 4, 5, 6);
            assertThat(file.unread()).extracting(ArrayFile.Unread::name).containsExactly("flags");
        }
    }

    @Test
    void safetensors_bfloat16AndFloat8_keepTheOrderOfTheBytes() {
        try (ArrayFile file = ArrayFile.open(fixture("brain.safetensors"))) {
            assertThat(file.arrays()).extracting(StoredArray::name).containsExactly("zeta", "alpha");
            file.arrays().forEach(StoredKindsTest::requireValues);
            assertThat(file.array("alpha").orElseThrow().format()).isEqualTo("bfloat16");
            assertThat(file.unread().get(0).reason()).contains("F8_E4M3");
        }
    }

    @ParameterizedTest
    @CsvSource({"earliest.h5", "v110.h5"})
    void hdf5_ofBothFileVersions_readsEveryLayout(String name) {
        try (ArrayFile file = ArrayFile.open(fixture(name))) {
            assertThat(file.arrays().stream().filter(StoredArray::isFloating))
                    .extracting(StoredArray::name)
                    .containsExactly(
                            "half",
                            "half-big",
                            "single",
                            "single-big",
                            "double",
                            "double-big",
                            "block/chunked",
                            "block/deflated",
                            "block/checked",
                            "block/inner/last",
                            "compact");
            file.arrays().stream().filter(StoredArray::isFloating).forEach(StoredKindsTest::requireValues);
            assertThat(file.array("single").orElseThrow().view(0, 7)).isPresent();
            assertThat(file.unread())
                    .extracting(ArrayFile.Unread::name)
                    .containsExactlyInAnyOrder("names", "epoch", "unwritten", "soft", "outside", "z-again");
        }
    }

    @Test
    void hdf5_ofEveryIndexOfChunks_readsTheSameValues() {
        try (ArrayFile file = ArrayFile.open(fixture("indices.h5"))) {
            assertThat(file.arrays())
                    .extracting(StoredArray::name)
                    .containsExactly("implicit", "single", "single-deflated", "extensible", "tree", "tree-deflated");
            file.arrays().forEach(StoredKindsTest::requireValues);
            assertThat(file.unread())
                    .hasSize(40)
                    .extracting(ArrayFile.Unread::name)
                    .contains("many/another name of the same array, number 39");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"half", "single-big", "double", "wide-fortran"})
    void npy_readInsteadOfMapped_givesTheSameValues(String name) throws IOException {
        Path npy = fixture("folder/" + name + ".npy");
        try (FileChannel channel = FileChannel.open(npy)) {
            NpyHeader head = NpyHeader.read(channel, 0, "a");
            ElementType type = ElementType.ofDescr(head.descr()).orElseThrow();
            var form = new ArrayForm("a", "a", type, ElementType.orderOfDescr(head.descr()), head.shape());
            Bytes bytes = new Bytes.Read(channel, head.length(), "a");
            requireValues(head.fortranOrder() ? new ColumnMajorArray(form, bytes) : new RowMajorArray(form, bytes));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void array_beyondTwoGibibytesWithHoles_isReadAtItsEnd(boolean fortran) throws IOException {
        // 5,000 rows of 131,072 numbers in a sparse file; the last number of row 4,999 and of row 17 are written.
        Path file = folder.resolve("large.npy");
        int rows = 5_000;
        int columns = 131_072;
        String header = "{'descr': '<f4', 'fortran_order': %s, 'shape': (%d, %d), }"
                .formatted(fortran ? "True" : "False", rows, columns);
        ByteBuffer head = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
        head.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) 118);
        head.put(header.getBytes(StandardCharsets.US_ASCII)).rewind();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(head, 0);
            for (int row : new int[] {17, rows - 1}) {
                long element = fortran ? (columns - 1L) * rows + row : row * (long) columns + columns - 1;
                ByteBuffer number = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
                channel.write(number.putFloat(row).flip(), 128 + element * 4);
            }
        }
        try (ArrayFile arrays = ArrayFile.open(file)) {
            StoredArray array = arrays.arrays().get(0);
            FloatBuffer two = FloatBuffer.allocate(3 * columns);
            array.read(new int[] {rows - 1, 16, 17}, two);
            assertThat(two.get(columns - 1)).isEqualTo(rows - 1);
            assertThat(two.get(2 * columns - 1)).isZero();
            assertThat(two.get(3 * columns - 1)).isEqualTo(17);
            assertThat(array.readDouble(rows - 1, columns - 1)).isEqualTo(rows - 1);
        }
    }

    private Path safetensors(String head, int dataBytes) throws IOException {
        byte[] text = head.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(text.length).put(text);
        return Files.write(folder.resolve("bad.safetensors"), bytes.array());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}} | 15 | is truncated",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}} | 17 | bytes after its tensors",
                "{'a':{'dtype':'F32','shape':[5],'data_offsets':[0,16]}} | 16 | needs 20 bytes",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[16,0]}} | 16 | begin before they end",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,-16]}} | 16 | no length",
                "{'a':{'dtype':'F32','shape':[2,9223372036854775807],'data_offsets':[0,16]}} | 16 | is more than is read",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]},'b':{'dtype':'F32','shape':[4],'data_offsets':[8,24]}} | 24 | must follow each other",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | 8 | Duplicate field",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]} | 16 | head of its safetensors",
                "{'a':7} | 16 | has no data_offsets",
                "{} | 0 | holds no tensors"
            })
    void safetensors_broken_isRefusedWithTheReason(String head, int bytes, String reason) throws IOException {
        Path file = safetensors(head.replace('\'', '"'), bytes);
        assertThatThrownBy(() -> ArrayFile.open(file))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("bad.safetensors")
                .hasMessageContaining(reason);
    }

    @Test
    void npz_deflatedWithWrongChecksum_isRefusedWhenItIsRead() throws IOException {
        byte[] bytes = Files.readAllBytes(fixture("deflated.npz"));
        int central = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
        bytes[central + 16]++; // the first entry's CRC-32
        Path damaged = Files.write(folder.resolve("damaged.npz"), bytes);
        try (ArrayFile file = ArrayFile.open(damaged)) {
            assertThatThrownBy(() -> file.arrays().get(0).readDouble(0, 0))
                    .isInstanceOf(LamellaException.class)
                    .hasMessageContainingAll("damaged.npz", "'half'", "checksum");
        }
    }
}
