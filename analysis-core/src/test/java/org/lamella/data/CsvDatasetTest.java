package org.lamella.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;

class CsvDatasetTest {
    @TempDir
    Path folder;

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("table.csv"), content);
    }

    @Test
    void table_withLabels_hasAllOtherColumnsInOrder() throws IOException {
        Dataset data = Datasets.csv(file("\ufeffa,label,\"b, c\",d\r\n1,7,-2.5,3e-1\r\n .5 ,2,+4,\"5.\"\r\n\r\n"));
        assertThat(data.size()).isEqualTo(2);
        assertThat(data.shape()).containsExactly(3);
        assertThat(ImageFolderTest.read(data, 1, 0)).containsExactly(0.5f, 4, 5, 1, -2.5f, 0.3f);
        assertThat(data.label(0)).hasValue(7);
        assertThat(data.classes()).isEmpty();
        assertThat(data.id(1)).isEqualTo("1");
    }

    @Test
    void labels_thatAreTexts_areClassesInTheirOrder() throws IOException {
        Dataset data = Datasets.csv(file("label,a\nsetosa,1\nlily,2\nsetosa,3\n"));
        assertThat(data.classes()).containsExactly("lily", "setosa");
        assertThat(data.label(2)).hasValue(1);
        Dataset signed = Datasets.csv(file("a,label\n1,-1\n2,1\n"));
        assertThat(signed.classes()).containsExactly("-1", "1");
    }

    @Test
    void table_gzippedWithoutLabels_isRead() throws IOException {
        Path packed = folder.resolve("t.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write("a\n1\n2\n".getBytes(StandardCharsets.UTF_8));
        }
        DataSource source = Datasets.open("csv:" + packed);
        assertThat(source.examples().size()).isEqualTo(2);
        assertThat(source.examples().label(0)).isEmpty();
        assertThat(source.sha256()).isEqualTo(Sha256.of(java.util.List.of(packed)));
    }

    @Test
    void table_gzippedAndCutOffInItsHead_isRefusedWithAReason() throws IOException {
        Path packed = Files.write(folder.resolve("t.csv.gz"), new byte[] {0x1f, (byte) 0x8b, 8});
        assertThatThrownBy(() -> Datasets.csv(packed))
                .isInstanceOf(LamellaException.class)
                .hasMessage(packed + ": the gzip stream is cut off or damaged (it ends too early)");
    }

    @Test
    void tables_thatAreWrong_areRefusedWithLineAndColumn() throws IOException {
        assertRefused("a,b\n1,2\n3,x\n", "line 3, column 'b' is 'x', not a number");
        assertRefused("a,b\n1,2\n3,\n", "line 3, column 'b' is empty");
        assertRefused("a,b\n1,NaN\n", "line 2, column 'b' is 'NaN', not a number");
        assertRefused("a,b\n1,0x1p3\n", "not a number");
        assertRefused("a,b\n1,1e39\n", "line 2, column 'b' is 1e39, beyond float32");
        assertRefused("a,label\n1,\n", "line 2, column 'label' is empty");
        assertRefused("a,b\n1,2,3\n", "line 2 has 3 cells; the header names 2");
        assertRefused("a,b\n1,2\n\n3,4\n", "line 3 is empty");
        assertRefused("1,2\n3,4\n", "begins with a line of numbers");
        assertRefused("a;b\n1;2\n", "not separated by commas");
        assertRefused("a,a\n1,2\n", "two columns called 'a'");
        assertRefused("label\nx\n", "no column but 'label'");
        assertRefused("a,b\n", "a header and no examples");
        assertRefused("", "is empty");
        assertRefused("a,b\n\"1,2\n", "quoted cell");
        assertThatThrownBy(() -> Datasets.csv(folder.resolve("none.csv"))).hasMessageContaining("no such file");
    }

    private void assertRefused(String content, String message) throws IOException {
        Path table = file(content);
        assertThatThrownBy(() -> Datasets.csv(table))
                .isInstanceOf(LamellaException.class)
                .hasMessageStartingWith(table + ": ")
                .hasMessageContaining(message);
    }

    @Test
    void files_damagedAtRandom_areReadOrRefused() throws IOException {
        byte[] plain = "a,b,label\n1,2.5,x\n-3e2,4,\"y, z\"\n5,6,x\n".getBytes(StandardCharsets.UTF_8);
        var packing = new java.io.ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packing)) {
            out.write(plain);
        }
        byte[] packed = packing.toByteArray();
        byte[] likely = "\",\n\r;.e-+0x\0 ".getBytes(StandardCharsets.UTF_8);
        var random = new Random(4);
        int read = 0;
        for (int i = 0; i < 4_000; i++) {
            byte[] damaged = (i % 4 == 0 ? packed : plain).clone();
            for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
                damaged[random.nextInt(damaged.length)] =
                        random.nextBoolean() ? (byte) random.nextInt() : likely[random.nextInt(likely.length)];
            }
            int length = i % 3 == 0 ? 1 + random.nextInt(damaged.length) : damaged.length;
            try (var in = new ByteArrayInputStream(damaged, 0, length)) {
                Dataset data = CsvDataset.read(Path.of("damaged"), PlainOrGzip.unpacked(in));
                ImageFolderTest.read(data, data.size() - 1);
                read++;
            } catch (LamellaException e) {
                assertThat(e.getMessage()).startsWith("damaged: ").doesNotContain("\n");
            } catch (IOException e) {
                continue; // not even a gzip header is left
            }
        }
        assertThat(read).isBetween(100, 3_900);
    }
}
