package org.lamella.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.ChannelOrder;
import org.lamella.activation.Layer;
import org.lamella.activation.LayerSink;
import org.lamella.linalg.NativeMatrix;

/** Pictures of a layer of three axes of which none tells by its length what it is. */
class FeatureMapTest {
    private static final float[] NUMBERS = numbers();

    private static float[] numbers() {
        Random random = new Random(1);
        float[] numbers = new float[24];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextFloat();
        }
        return numbers;
    }

    /** One layer, the same for every example. */
    private record Telling(List<Integer> shape, ChannelOrder order) implements ActivationSource {
        @Override
        public String name() {
            return "net";
        }

        @Override
        public List<Layer> layers() {
            return List.of(new Layer(0, "conv", "Conv", shape, 0));
        }

        @Override
        public int examples() {
            return 2;
        }

        @Override
        public ChannelOrder channels(int layer) {
            return order;
        }

        @Override
        public void forward(Batch batch, LayerSink sink) {
            try (NativeMatrix matrix = NativeMatrix.allocate(batch.size(), NUMBERS.length)) {
                for (int i = 0; i < batch.size(); i++) {
                    matrix.writeRow(i, NUMBERS);
                }
                sink.accept(0, matrix).join();
            }
        }

        @Override
        public void close() {}
    }

    private static FeatureMap map(List<Integer> shape, ChannelOrder order) {
        return FeatureMap.of(
                        List.of(new Telling(shape, order)),
                        new FeatureMap.Wanted(List.of("conv"), List.of("1")),
                        KnownExamples.numbered(2))
                .get(0);
    }

    @Test
    void channelsThatTheModelSaysAreLast_areSo_whateverTheLengths() {
        FeatureMap map = map(List.of(4, 3, 2), ChannelOrder.LAST);

        assertThat(List.of(map.channels(), map.height(), map.width())).containsExactly(2, 4, 3);
        for (int i = 0; i < NUMBERS.length; i++) {
            assertThat(map.values()[i]).isEqualTo(NUMBERS[i % 12 * 2 + i / 12]);
        }
    }

    /** Two equal lengths would otherwise be taken for height and width. */
    @Test
    void channelsThatTheModelSaysAreFirst_areSo_whateverTheLengths() {
        FeatureMap map = map(List.of(2, 2, 6), ChannelOrder.FIRST);

        assertThat(List.of(map.channels(), map.height(), map.width())).containsExactly(2, 2, 6);
        assertThat(map.values()).containsExactly(NUMBERS);
    }

    @ParameterizedTest
    @EnumSource(
            value = ChannelOrder.class,
            names = {"UNKNOWN", "LAST"})
    void channelsOfAModelThatDoesNotTell_areLastBehindASquare(ChannelOrder order) {
        FeatureMap map = map(List.of(2, 2, 6), order);

        assertThat(List.of(map.channels(), map.height(), map.width())).containsExactly(6, 2, 2);
        assertThat(map.values()[1]).isEqualTo(NUMBERS[6]);
    }
}
