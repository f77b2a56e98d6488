package org.lamella.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jhdf.checksum.ChecksumUtils;
import io.jhdf.exceptions.HdfFilterException;
import io.jhdf.filter.FilterManager;
import io.jhdf.filter.FilterPipeline;
import io.jhdf.object.message.FilterPipelineMessage.FilterInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamella.LamellaException;

/** Files that were found to lead the reader astray, each made of a good one by as little as it takes. */
class HostileStoredTest {
    /** The good file has a block of the user's before it, to which addresses are relative. */
    private static final int USER_BLOCK = 512;

    @TempDir
    Path folder;

    private static ByteBuffer good(String name) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(StoredKindsTest.fixture(name)))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int find(ByteBuffer bytes, String letters, int from) {
        int at = new String(bytes.array(), StandardCharsets.ISO_8859_1).indexOf(letters, from);
        assertThat(at).as(letters).isNotNegative();
        return at;
    }

    private void assertRefused(ByteBuffer bytes, String name, String... words) throws IOException {
        Path path = Files.write(folder.resolve(name), bytes.array());
        assertThatThrownBy(() -> {
                    try (ArrayFile file = ArrayFile.open(path)) {
                        file.arrays().forEach(array -> array.readDouble(0, 0));
                    }
                })
                .isInstanceOf(LamellaException.class)
                .hasMessageStartingWith(path.toString())
                .hasMessageContainingAll(words)
                .message()
                .doesNotContain("\n", "Cannot invoke");
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 12, 14, 93, 95})
    void npz_packedByAnotherMethod_isRefusedByItsNumber(int method) throws IOException {
        ByteBuffer npz = good("deflated.npz");
        npz.putShort(8, (short) method).putShort(find(npz, "PK\1\2", 0) + 10, (short) method);

        assertRefused(npz, "a.npz", "array 'half'", "method " + method);
    }

    /** Shuffle looped over so many empty elements for ten seconds, LZF asked for as much memory. */
    @ParameterizedTest
    @CsvSource({"shuffle, 8", "lzf, 16"})
    void hdf5_filterOfMoreThanItsChunk_isRefused(String filter, int setting) throws IOException {
        ByteBuffer h5 = good("earliest.h5");
        h5.putInt(find(h5, filter + "\0", 0) + setting, 476_381_184);

        assertRefused(h5, "a.h5", "data set 'block/", "476,381,184 bytes", filter);
    }

    @Test
    void hdf5_chunksPackedTwice_areRefused() throws IOException {
        ByteBuffer h5 = good("earliest.h5");
        int shuffle = find(h5, "shuffle\0", 0) - 8;
        assertThat(h5.getShort(shuffle)).isEqualTo((short) 2);
        h5.putShort(shuffle, (short) 1);

        assertRefused(h5, "a.h5", "'block/deflated'", "packed more than once", "[1, 1, 3]");
    }

    @Test
    void hdf5_nameOutsideItsHeap_isRefusedInWordsOfTheFile() throws IOException {
        ByteBuffer h5 = good("earliest.h5");
        int firstByteOfBlock = find(h5, "FHDB", 0) + 4 + 1 + 8;
        h5.put(firstByteOfBlock, (byte) 0xff);

        assertRefused(h5, "a.h5", "a part is missing");
    }

    @Test
    void hdf5_moreChunksThanBytes_isLeftOutBeforeTheyAreListed() throws IOException {
        ByteBuffer h5 = good("earliest.h5");
        byte[] shape = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(7)
                .putLong(4)
                .array();
        int at = find(h5, new String(shape, StandardCharsets.ISO_8859_1), 0);
        h5.putLong(at, 7L << 40);

        try (ArrayFile file = ArrayFile.open(Files.write(folder.resolve("a.h5"), h5.array()))) {
            assertThat(file.arrays()).isNotEmpty();
            assertThat(file.unread())
                    .anySatisfy(one ->
                            assertThat(one.toString()).contains("unwritten").contains("1,099,511,627,776 chunks"));
        }
    }

    /** With right checksums, as for each of these jhdf makes a list of that length before it reads on. */
    @ParameterizedTest
    @CsvSource({"v110.h5, FAHD, 8, 24", "indices.h5, EAHD, 44, 68", "indices.h5, BTHD, 26, 34"})
    void hdf5_listLongerThanTheFile_isRefused(String name, String part, int count, int checksum) throws IOException {
        ByteBuffer h5 = good(name);
        int start = find(h5, part, 0);
        assertThat(h5.getInt(start + checksum))
                .isEqualTo(ChecksumUtils.checksum(Arrays.copyOfRange(h5.array(), start, start + checksum)));
        h5.putLong(start + count, Integer.MAX_VALUE);
        h5.putInt(start + checksum, ChecksumUtils.checksum(Arrays.copyOfRange(h5.array(), start, start + checksum)));

        assertRefused(h5, "a.h5", "a list is said to have 2,147,483,647 entries");
    }

    /** Forty nodes, each of which has the next one as all of its fifty children: 50 to the power of 40 paths. */
    @Test
    void hdf5_treeThatLeadsBackToItself_endsAndIsRefused() throws IOException {
        int nodes = 40;
        int children = 50;
        int rank = 3;
        int key = 8 + 8 * (rank + 1);
        int nodeBytes = 24 + children * (key + 8) + key;
        ByteBuffer before = good("earliest.h5");
        ByteBuffer h5 = ByteBuffer.allocate(before.capacity() + nodes * nodeBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(before);
        for (int node = 0; node < nodes; node++) {
            int start = before.capacity() + node * nodeBytes;
            h5.position(start).put("TREE".getBytes(StandardCharsets.US_ASCII));
            h5.put((byte) 1)
                    .put((byte) (nodes - node))
                    .putShort((short) children)
                    .putLong(-1)
                    .putLong(-1);
            for (int child = 0; child < children; child++) {
                h5.position(h5.position() + key);
                h5.putLong(start + (node == nodes - 1 ? 0 : nodeBytes) - USER_BLOCK);
            }
        }
        int tree = find(h5, "TREE\1", 0);
        byte[] address = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(tree - USER_BLOCK)
                .array();
        h5.putLong(find(h5, new String(address, StandardCharsets.ISO_8859_1), 0), before.capacity() - USER_BLOCK);

        assertRefused(h5, "a.h5", "lead back to each other");
    }

    private static FilterPipeline filter(int id) {
        BoundedFilter.install();
        return FilterManager.getPipeline(List.of(new FilterInfo(id, "", true, new int[] {0, 2, 1, 0, 2})));
    }

    /** LZ4 (32004) and bitshuffle with LZ4 (32008): length of all, of a block, and of a block as it is packed. */
    @ParameterizedTest
    @CsvSource({
        "32004, 2147483000, 8, 8",
        "32004, 8, 2147483000, 8",
        "32004, 8, 8, 2147483000",
        "32004, 12, 8, -4",
        "32004, -8, 8, 8",
        "32008, 2147483000, 8, 8",
        "32008, 8, 2147483000, 8",
        "32008, 8, 16, 2147483000",
        "32008, 8, 0, 8"
    })
    void lz4_lengthsThatCannotBe_areRefused(int id, long all, int block, int packed) {
        byte[] chunk = ByteBuffer.allocate(24)
                .putLong(all)
                .putInt(block)
                .putInt(packed)
                .array();

        assertThatThrownBy(() -> filter(id).decode(chunk))
                .isInstanceOf(HdfFilterException.class)
                .hasMessageStartingWith("a chunk of 24 bytes is said to");
    }

    @Test
    void lz4_blocksAsTheyAre_areStillUnpacked() {
        byte[] numbers = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
        byte[] chunk = ByteBuffer.allocate(12 + 4 + 8 + 4 + 4)
                .putLong(12)
                .putInt(8)
                .putInt(8)
                .put(numbers, 0, 8)
                .putInt(4)
                .put(numbers, 8, 4)
                .array();

        assertThat(filter(32004).decode(chunk)).isEqualTo(numbers);
    }
}
