package org.lamella.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;

class CifarDatasetTest {
    @TempDir
    Path folder;

    /** Records whose labels are given and whose pixels count up from their number. */
    private static byte[] records(int[]... labels) {
        int length = labels[0].length + 3072;
        byte[] bytes = new byte[labels.length * length];
        for (int record = 0; record < labels.length; record++) {
            for (int i = 0; i < labels[record].length; i++) {
                bytes[record * length + i] = (byte) labels[record][i];
            }
            for (int pixel = 0; pixel < 3072; pixel++) {
                bytes[record * length + labels[record].length + pixel] = (byte) (record + pixel);
            }
        }
        return bytes;
    }

    @Test
    void cifar100_hasFineLabels_orCoarseOnes() throws IOException {
        Files.write(folder.resolve("test.bin"), records(new int[] {19, 99}, new int[] {4, 0}));
        Files.write(
                folder.resolve("fine_label_names.txt"),
                IntStream.range(0, 100).mapToObj(i -> "fine" + i).toList());
        DataSource fine = Datasets.open("cifar100:" + folder);
        DataSource coarse = Datasets.open("cifar100-coarse:" + folder);
        assertThat(fine.examples().label(0)).hasValue(99);
        assertThat(fine.examples().classes()).hasSize(100).contains("fine99");
        assertThat(coarse.examples().label(0)).hasValue(19);
        assertThat(coarse.examples().classes()).isEmpty();
        assertThat(fine.examples().id(1)).isEqualTo("test.bin#1");
        float[] pixels = ImageFolderTest.read((Dataset) fine.examples(), 1);
        assertThat(pixels).hasSize(3072);
        assertThat(pixels[0]).isEqualTo(1 / 255f);
        assertThat(pixels[3071]).isEqualTo(((1 + 3071) % 256) / 255f);
    }

    @Test
    void cifar10_trainingFiles_followEachOther() throws IOException {
        Files.write(folder.resolve("data_batch_1.bin"), records(new int[] {3}));
        Files.write(folder.resolve("data_batch_2.bin"), records(new int[] {9}, new int[] {1}));
        Files.writeString(
                folder.resolve("batches.meta.txt"),
                IntStream.range(0, 10).mapToObj(i -> "class " + i).collect(Collectors.joining("\n", "", "\n\n")));
        Dataset data = Datasets.cifar10(folder);
        assertThat(data.size()).isEqualTo(3);
        assertThat(data.id(2)).isEqualTo("data_batch_2.bin#1");
        assertThat(data.label(1)).hasValue(9);
        assertThat(data.classes()).contains("class 9");
    }

    @Test
    void files_thatAreNot_areRefused() throws IOException {
        assertThatThrownBy(() -> Datasets.cifar100(folder))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("neither test.bin nor train.bin");
        Files.write(folder.resolve("test.bin"), new byte[3073]);
        assertThatThrownBy(() -> Datasets.cifar100(folder)).hasMessageContaining("3,074 of one cifar100 record");
        Files.write(folder.resolve("test.bin"), records(new int[] {20, 1}));
        assertThat(Datasets.cifar100(folder).size()).isEqualTo(1);
        assertThatThrownBy(() -> Datasets.open("cifar100-coarse:" + folder))
                .hasMessageContaining("label 20; cifar100-coarse has 0 to 19");
    }
}
