package org.lamella.activation;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.lamella.linalg.NativeMatrix;

/** Another source with the mean over positions in place of its activations. */
final class ReducedSource implements ActivationSource {
    private final ActivationSource whole;
    private final List<Layer> layers;

    ReducedSource(ActivationSource whole, Reduction reduction) {
        this.whole = whole;
        this.layers = whole.layers().stream()
                .map(layer -> new Layer(
                        layer.index(), layer.name(), layer.kind(), reduction.shape(layer.shape()), layer.parameters()))
                .toList();
    }

    @Override
    public String name() {
        return whole.name();
    }

    @Override
    public List<Layer> layers() {
        return layers;
    }

    @Override
    public int examples() {
        return whole.examples();
    }

    @Override
    public void forward(Batch batch, LayerSink sink) {
        whole.forward(batch, (index, activation) -> {
            Layer before = whole.layers().get(index);
            if (before.shape().size() < 2) {
                return sink.accept(index, activation);
            }
            boolean tokens = before.shape().size() == 2;
            int kept = before.shape().get(tokens ? 1 : 0);
            return CompletableFuture.supplyAsync(() -> mean(activation, kept, tokens))
                    .thenCompose(
                            reduced -> sink.accept(index, reduced).whenComplete((read, failure) -> reduced.close()));
        });
    }

    // Channels are apart from each other and their positions adjacent; tokens are the other way round.
    private static NativeMatrix mean(NativeMatrix activation, int kept, boolean tokens) {
        int length = Math.toIntExact(activation.columns());
        int positions = length / kept;
        NativeMatrix reduced = NativeMatrix.allocate(activation.rows(), kept);
        float[] row = new float[length];
        float[] mean = new float[kept];
        for (int i = 0; i < activation.rows(); i++) {
            activation.readRow(i, row);
            for (int c = 0; c < kept; c++) {
                double sum = 0;
                for (int p = 0; p < positions; p++) {
                    sum += row[tokens ? p * kept + c : c * positions + p];
                }
                mean[c] = (float) (sum / positions);
            }
            reduced.writeRow(i, mean);
        }
        return reduced;
    }

    @Override
    public void close() {
        whole.close();
    }
}
