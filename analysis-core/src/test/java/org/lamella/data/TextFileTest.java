package org.lamella.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;

class TextFileTest {
    @TempDir
    Path folder;

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("texts.txt"), content);
    }

    @Test
    void lines_withoutTabs_areTextsWithoutLabels() throws IOException {
        TextDataset texts = (TextDataset) Datasets.open("text:" + file("\ufeffA first line.\r\nZweite – Zeile\n\n \n"))
                .examples();
        assertThat(texts.size()).isEqualTo(2);
        assertThat(texts.text(0)).isEqualTo("A first line.");
        assertThat(texts.text(1)).isEqualTo("Zweite – Zeile");
        assertThat(texts.label(0)).isEmpty();
        assertThat(texts.classes()).isEmpty();
        assertThat(texts.id(1)).isEqualTo("1");
    }

    @Test
    void lines_thatAllHaveATab_haveLabelsBeforeIt() throws IOException {
        TextDataset named = Datasets.text(file("sport\tA goal\tin time\npolitics\tA vote\nsport\tA race"));
        assertThat(named.classes()).containsExactly("politics", "sport");
        assertThat(named.label(0)).hasValue(1);
        assertThat(named.label(1)).hasValue(0);
        assertThat(named.text(0)).isEqualTo("A goal\tin time");
        TextDataset numbered = Datasets.text(file("7\tseven\n3.0\tthree\n"));
        assertThat(numbered.classes()).isEmpty();
        assertThat(numbered.label(0)).hasValue(7);
        assertThat(numbered.label(1)).hasValue(3);
    }

    @Test
    void file_gzipped_isReadAsThePlainOne() throws IOException {
        Path packed = folder.resolve("texts.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write("one\ntwo".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(Datasets.text(packed).text(1)).isEqualTo("two");
        byte[] bytes = Files.readAllBytes(packed);
        Files.write(packed, java.util.Arrays.copyOf(bytes, bytes.length - 9));
        assertThatThrownBy(() -> Datasets.text(packed))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("gzip stream is cut off");
    }

    @Test
    void files_thatAreNotTexts_areRefusedInOneLine() throws IOException {
        assertThatThrownBy(() -> Datasets.text(file("")))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("no lines of text");
        assertThatThrownBy(() -> Datasets.text(file("one\n\nthree"))).hasMessageContaining("line 2 has no text");
        assertThatThrownBy(() -> Datasets.text(file("a\tone\ntwo")))
                .hasMessageContaining("line 1 has a tab and line 2 has none");
        assertThatThrownBy(() -> Datasets.text(file("\tone"))).hasMessageContaining("no label before its tab");
        assertThatThrownBy(() -> Datasets.text(folder.resolve("none"))).hasMessageContaining("there is no such file");
        assertThatThrownBy(() -> Datasets.text(folder)).hasMessageContaining("is a folder");
        Path latin = Files.write(folder.resolve("latin"), new byte[] {'a', (byte) 0xe4, '\n'});
        assertThatThrownBy(() -> Datasets.text(latin))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("UTF-8");
    }
}
