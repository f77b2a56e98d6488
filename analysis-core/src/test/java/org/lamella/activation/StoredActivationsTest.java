package org.lamella.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.array.NpzWriter;

class StoredActivationsTest {
    @TempDir
    Path folder;

    private Path npz(int first, int second) throws IOException {
        Path file = folder.resolve("acts.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("conv1", IntStream.range(0, first * 6).mapToDouble(i -> i).toArray(), first, 2, 3);
            npz.add("labels", new long[second], second);
            npz.add("fc", IntStream.range(0, second * 2).mapToDouble(i -> -i).toArray(), second, 2);
            npz.add("classes", List.of("cat", "dog"));
        }
        return file;
    }

    private static List<float[]> rows(ActivationSource source, Batch batch) {
        Map<Integer, List<float[]>> byLayer = new ConcurrentSkipListMap<>();
        source.forward(batch, (layer, activation) -> {
            List<float[]> rows = new ArrayList<>();
            byLayer.put(layer, rows);
            for (int i = 0; i < activation.rows(); i++) {
                float[] row = new float[(int) activation.columns()];
                activation.readRow(i, row);
                rows.add(row);
            }
            return CompletableFuture.completedFuture(null);
        });
        return byLayer.values().stream().flatMap(List::stream).toList();
    }

    @Test
    void source_shuffledBatch_handsRowsInTheBatchsOrder() throws IOException {
        try (var stored = StoredActivations.open(npz(9, 9), "m")) {
            assertThat(stored.layers()).extracting(Layer::name).containsExactly("conv1", "fc");
            assertThat(stored.layers().get(0).shape()).containsExactly(2, 3);
            assertThat(stored.leftOut()).containsOnlyKeys("labels", "classes");
            List<float[]> rows = rows(stored.source(stored.layers()), new Batch(0, new int[] {7, 2}));
            assertThat(rows.get(0)).containsExactly(42, 43, 44, 45, 46, 47);
            assertThat(rows.get(1)).containsExactly(12, 13, 14, 15, 16, 17);
            assertThat(rows.get(2)).containsExactly(-14, -15);
            assertThat(rows.get(3)).containsExactly(-4, -5);
        }
    }

    @Test
    void source_reducedByMean_averagesPositionsOfEachChannel() throws IOException {
        try (var stored = StoredActivations.open(npz(9, 9), "m")) {
            // 2 x 3 is tokens x features: the mean over the two tokens.
            ActivationSource reduced = Reduction.MEAN.of(stored.source(stored.layers()));
            assertThat(reduced.layers().get(0).shape()).containsExactly(3);
            List<float[]> rows = rows(reduced, new Batch(0, new int[] {1}));
            assertThat(rows.get(0)).containsExactly(7.5f, 8.5f, 9.5f);
            assertThat(rows.get(1)).containsExactly(-2, -3);
        }
    }

    @Test
    void open_differentNumbersOfExamples_namesBothArrays() throws IOException {
        Path file = npz(9, 8);
        assertThatThrownBy(() -> StoredActivations.open(file, "m"))
                .isInstanceOf(LamellaException.class)
                .hasMessageContainingAll("'conv1' has 9", "'fc' has 8", "acts.npz");
    }

    @Test
    void open_missingFile_saysSo() {
        assertThatThrownBy(() -> StoredActivations.open(folder.resolve("none.npz"), "m"))
                .isInstanceOf(LamellaException.class)
                .hasMessageContainingAll("none.npz", "no such file");
    }
}
