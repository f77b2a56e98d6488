package org.lamella.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.data.Dataset;
import org.lamella.model.Dl4jCheckpoint;

class SamplesTest {
    @TempDir
    private Path directory;

    @Test
    void data_areThreeHundredImagesOfEachClass() {
        Dataset data = Dataset.of(Samples.data("fashion-mnist").examples(), "test");

        assertThat(data.name()).isEqualTo("sample:fashion-mnist");
        assertThat(data.size()).isEqualTo(3_000);
        assertThat(data.shape()).containsExactly(1, 28, 28);
        for (int label = 0; label < 10; label++) {
            int kind = label;
            assertThat(IntStream.range(0, 3_000)
                            .filter(example -> data.label(example).orElseThrow() == kind))
                    .hasSize(300);
        }
    }

    @Test
    void data_ofAnotherName_areRefusedWithTheNames() {
        assertThatThrownBy(() -> Samples.data("mnist"))
                .isInstanceOf(LamellaException.class)
                .hasMessage("sample:mnist: there is no such sample; there are " + Samples.names());
    }

    @Test
    void checkpoints_recogniseTheSampleImages() throws IOException {
        List<Path> files = Samples.checkpoints(directory);

        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
            Dl4jCheckpoint checkpoint =
                    Dl4jCheckpoint.open(file, file.getFileName().toString());
            // Nine in ten of the whole test set would be a well-trained network; these saw a tenth of the training
            // images.
            assertThat(Shapes.accuracy(
                            checkpoint,
                            new Part(Dataset.of(Samples.data("fashion-mnist").examples(), "test"), 200)))
                    .as(file.toString())
                    .isGreaterThan(0.75);
        }
        assertThat(files)
                .extracting(file -> file.getFileName().toString())
                .containsExactly("fashion-resnet14.zip", "fashion-resnet38.zip");
        assertThat(bytes).isLessThan(8 << 20);
    }

    /** The first examples of a data set. */
    private record Part(Dataset whole, int size) implements Dataset {
        @Override
        public String name() {
            return whole.name();
        }

        @Override
        public List<Integer> shape() {
            return whole.shape();
        }

        @Override
        public void read(int[] examples, java.nio.FloatBuffer into) {
            whole.read(examples, into);
        }

        @Override
        public java.util.OptionalInt label(int example) {
            return whole.label(example);
        }

        @Override
        public String id(int example) {
            return whole.id(example);
        }
    }
}
