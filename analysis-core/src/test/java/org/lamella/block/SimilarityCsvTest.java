package org.lamella.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamella.LamellaException;

class SimilarityCsvTest {
    @TempDir
    Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("matrix.csv"), text);
    }

    private void isRefused(String text, String... parts) throws IOException {
        Path file = file(text);
        assertThatThrownBy(() -> SimilarityCsv.read(file))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("matrix.csv")
                .hasMessageContainingAll(parts);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "layer,a,b,c\na,1,0.5,-0.25\nb,0.5,1,0.125\nc,-0.25,0.125,1\n",
                "\ufefflayer,a,b,c\r\na,1,0.5,-0.25\r\nb,0.5,1,0.125\r\nc,-0.25,0.125,1\r\n",
                ",a,b,c\na,1,.5,-0.25\nb,5e-1,1,0.125\nc,-0.25,0.125,1",
                "a,b,c\n1,0.5,-0.25\n0.5,1,0.125\n-0.25,0.125,1\n",
                "a,1,0.5,-0.25\nb,0.5,1,0.125\nc,-0.25,0.125,1\n",
                "layer;a;b;c\na;1;0,5;-0,25\nb;0,5;1;0,125\nc;-0,25;0,125;1\n",
                "\ta\tb\tc\na\t1\t0.5\t-0.25\nb\t0.5\t1\t0.125\nc\t-0.25\t0.125\t1\n",
                "a b c\na 1 0.5 -0.25\nb 0.5 1 0.125\nc -0.25 0.125 1\n",
                "a\tb\tc\na\t1\t0.5\t-0.25\nb\t0.5\t1\t0.125\nc\t-0.25\t0.125\t1\n",
                "# made by hand\n\n\"a\", \"b\", \"c\"\n1, 0.5, -0.25\n\n0.5, 1, 0.125\n-0.25, 0.125, 1\n"
            })
    void read_anyMaking_isTheSameMatrix(String text) throws IOException {
        LayerSimilarity read = SimilarityCsv.read(file(text.replace(", \"", ",\"")));
        assertThat(read.layers()).containsExactly("a", "b", "c");
        assertThat(read.value(0, 1)).isEqualTo(0.5);
        assertThat(read.value(2, 0)).isEqualTo(-0.25);
        assertThat(read.value(1, 2)).isEqualTo(0.125);
        assertThat(read.value(2, 2)).isEqualTo(1);
    }

    @Test
    void read_noNames_numbersTheLayers() throws IOException {
        LayerSimilarity read = SimilarityCsv.read(file("  1.0e+00 5.0e-01\n  5.0e-01 1.0e+00\n"));
        assertThat(read.layers()).containsExactly("0", "1");
        assertThat(read.value(0, 1)).isEqualTo(0.5);
    }

    @Test
    void read_numbersForNames_areNames() throws IOException {
        LayerSimilarity read = SimilarityCsv.read(file(",10,20\n10,1,0.5\n20,0.5,1\n"));
        assertThat(read.layers()).containsExactly("10", "20");
    }

    @Test
    void read_undefinedCells_areNaN() throws IOException {
        LayerSimilarity read = SimilarityCsv.read(file("layer,a,b,c\na,1,NaN,0.5\nb,NaN,,NA\nc,0.5,null,1\n"));
        assertThat(read.value(0, 1)).isNaN();
        assertThat(read.value(1, 2)).isNaN();
        assertThat(read.defined()).containsExactly(0, 2);
    }

    @Test
    void read_quotedNames_keepTheirCommas() throws IOException {
        assertThat(SimilarityCsv.read(file("layer,\"conv, 1\",fc\n\"conv, 1\",1,0.5\nfc,0.5,1\n"))
                        .layers())
                .isEqualTo(List.of("conv, 1", "fc"));
    }

    @Test
    void read_whatIsNoMatrix_saysWhere() throws IOException {
        isRefused("layer,a,b\na,1,0.5\nb,oops,1\n", "line 3, column 2", "'oops' is no number");
        isRefused("1,0.5,0.2\n0.5,1,0.3\n", "2 rows and 3 columns");
        isRefused("a,b,c\n0.9,0.5,0.1\n", "1 rows and 3 columns");
        isRefused("layer,a,b\na,1,0.5\nb,1\n", "");
        isRefused("a,b\n1,0.5,0.2\n0.5,1,0.3\n0.2,0.3,1\n", "line 1", "has 2 cells", "3 columns");
        isRefused("a,b,c,d\n1,0.5\n0.5,1\n", "line 1", "has 4 cells", "2 columns");
        isRefused("1,0.5\n0.6,1\n", "not symmetric", "'0' with '1'");
        isRefused("layer,a,b\nx,1,0.5\ny,0.5,1\n", "different layers", "'x' down and 'a' across");
        isRefused("1,1e999\n1e999,1\n", "line 1, column 2");
        isRefused("", "is empty");
        isRefused("0,0.5\n0.5,0\n", "distances");
        isRefused("layer,\"a,b\na,1,0.5\n", "quote");
    }

    @Test
    void read_noFile_orNoText_saysSo() throws IOException {
        assertThatThrownBy(() -> SimilarityCsv.read(folder.resolve("none.csv")))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("no such file");
        Path bytes = Files.write(folder.resolve("bytes.csv"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, (byte) 0x80});
        assertThatThrownBy(() -> SimilarityCsv.read(bytes))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("no text in UTF-8");
    }
}
