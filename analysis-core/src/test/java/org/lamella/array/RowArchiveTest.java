package org.lamella.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;

/** Checked with the Java library's own zip reader, which verifies checksums, and with the project's reader of arrays. */
class RowArchiveTest {
    @TempDir
    Path folder;

    private static FloatBuffer count(int first, int numbers) {
        FloatBuffer values = FloatBuffer.allocate(numbers);
        for (int i = 0; i < numbers; i++) {
            values.put(i, (first + i) / 4f);
        }
        return values;
    }

    /** Names of the entries, as an independent reader sees them; it throws if a size or a checksum is wrong. */
    private static List<String> verified(Path file) throws IOException {
        List<String> names = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file);
                var zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                names.add(entry.getName());
                zip.readAllBytes();
            }
        }
        return names;
    }

    @Test
    void rows_writtenBatchByBatchSideBySide_areAnArchiveWithRightChecksums() throws IOException {
        Path file = folder.resolve("acts.npz");
        try (var archive = RowArchive.create(file, 5, FloatFormat.FLOAT32)) {
            archive.addNumbers("__labels__", new long[] {4, 3, 2, 1, 0});
            archive.add("/conv1/Conv", List.of(2, 3));
            archive.add("größe", List.of());
            archive.write(0, count(0, 12));
            archive.write(1, count(0, 2));
            archive.write(1, count(2, 3));
            archive.write(0, count(12, 18));
            archive.commit();
        }
        assertThat(verified(file)).containsExactly("__labels__.npy", "/conv1/Conv.npy", "größe.npy");
        try (ArrayFile arrays = ArrayFile.open(file)) {
            StoredArray conv = arrays.array("/conv1/Conv").orElseThrow();
            assertThat(conv.rowShape()).containsExactly(2, 3);
            assertThat(conv.readDouble(4, 5)).isEqualTo(29 / 4.0);
            assertThat(conv.view(0, 1).orElseThrow().address() % 64).isZero();
            assertThat(arrays.array("größe").orElseThrow().readDoubles()).containsExactly(0, 0.25, 0.5, 0.75, 1);
            assertThat(arrays.array("__labels__").orElseThrow().readDoubles()).containsExactly(4, 3, 2, 1, 0);
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void names_thatCannotBeEntriesOrAreTaken_areMadeSafeAndUnique() throws IOException {
        Path file = folder.resolve("acts.npz");
        List<String> names = new ArrayList<>();
        try (var archive = RowArchive.create(file, 1, FloatFormat.FLOAT32)) {
            for (String name : List.of("a", "a", "../../etc/x", "b\0c", "", "x.npy", "a/./b")) {
                names.add(archive.add(name, List.of(1)));
                archive.write(names.size() - 1, count(1, 1));
            }
            archive.commit();
        }
        assertThat(names).containsExactly("a", "a~2", "_/_/etc/x", "b_c", "_", "x.npy", "a/_/b");
        try (ArrayFile arrays = ArrayFile.open(file)) {
            assertThat(arrays.arrays()).extracting(StoredArray::name).containsExactlyElementsOf(names);
        }
    }

    @Test
    void failure_beforeTheEnd_leavesWhatWasThere() throws IOException {
        Path file = Files.writeString(folder.resolve("acts.npz"), "earlier");
        try (var archive = RowArchive.create(file, 3, FloatFormat.FLOAT16)) {
            archive.add("a", List.of(2));
            archive.write(0, count(0, 2));
            assertThatThrownBy(() -> archive.write(0, FloatBuffer.wrap(new float[] {1, 70_000})))
                    .isInstanceOf(LamellaException.class)
                    .hasMessageContainingAll("'a'", "70000.0", "float16", "--dtype float32");
            assertThatThrownBy(archive::commit).isInstanceOf(IllegalStateException.class);
        }
        assertThat(file).hasContent("earlier");
        assertThat(folder).isDirectoryNotContaining("glob:**.partial");
    }

    @Test
    void archive_beyondFourGigabytes_hasZip64Records() throws IOException {
        // The rows are never written, so the file is mostly a hole: what is checked is where the records say things
        // are.
        var layout = new ZipLayout();
        Path file = folder.resolve("large.zip");
        try (FileChannel channel = FileChannel.open(
                file, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.WRITE)) {
            List<ZipLayout.Place> places =
                    List.of(layout.add("large", 5L << 30), layout.add("after", 3), layout.add("last", (1L << 32) - 1));
            for (ZipLayout.Place place : places) {
                channel.write(place.head(), place.headStart());
            }
            channel.write(layout.directory(List.of(1, 2, 3)), layout.end());
            try (var zip = NpzArchive.open(file)) {
                assertThat(zip.getEntry("large").getSize()).isEqualTo(5L << 30);
                assertThat(zip.getEntry("after").getDataOffset())
                        .isEqualTo(places.get(1).contentStart());
                assertThat(zip.getEntry("last").getSize()).isEqualTo((1L << 32) - 1);
                assertThat(zip.getEntry("last").getCrc()).isEqualTo(3);
                assertThat(zip.getEntry("last").getDataOffset())
                        .isEqualTo(places.get(2).contentStart());
            }
        }
    }

    @Test
    void half_ofEveryHalf_isItself() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = Half.toFloat((short) bits);
            if (Float.isNaN(value)) {
                assertThat(Float.isNaN(Half.toFloat(Half.ofFloat(value)))).isTrue();
            } else {
                assertThat(Half.ofFloat(value)).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void half_betweenTwoHalves_roundsToTheEvenOne() {
        // Neighbours h and h + 1 of every finite half: their mean goes to the even one, what is nearer to one goes
        // there.
        for (int bits = 0; bits < 0x7bff; bits++) {
            double low = Half.toFloat((short) bits);
            double high = Half.toFloat((short) (bits + 1));
            float mean = (float) ((low + high) / 2);
            assertThat(Half.ofFloat(mean)).isEqualTo((short) (bits + (bits & 1)));
            assertThat(Half.ofFloat(Math.nextDown(mean))).isEqualTo((short) bits);
            assertThat(Half.ofFloat(-Math.nextUp(mean))).isEqualTo((short) (bits + 1 | 0x8000));
        }
        assertThat(Half.isInfinite(Half.ofFloat(65_519.996f))).isFalse();
        assertThat(Half.isInfinite(Half.ofFloat(65_520f))).isTrue();
        assertThat(Half.ofFloat(0x1p-25f)).isZero();
    }
}
