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
    void columns_inManyPieces_readTheSameValues() throws IOException {
        Path npy = fixture("folder/wide-fortran.npy");
        try (FileChannel channel = FileChannel.open(npy)) {
            NpyHeader head = NpyHeader.read(channel, 0, "a");
            var form = new ArrayForm("a", "a", ElementType.FLOAT64, ByteOrder.LITTLE_ENDIAN, head.shape());
            requireValues(new MappedColumns(channel, form, head.length(), 5)); // 32 bytes a piece
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
