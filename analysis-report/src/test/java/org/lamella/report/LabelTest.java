package org.lamella.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelTest {
    @Test
    void fitted_withRoom_isTheText() {
        assertThat(Label.fitted("conv1", 5, String::length)).isEqualTo("conv1");
    }

    @Test
    void fitted_withoutRoom_keepsBeginningAndEnd() {
        assertThat(Label.fitted("layer2/layer2.1/conv2", 10, String::length)).isEqualTo("lay….conv2".replace(".", "/"));
        assertThat(Label.fitted("conv1", 0, String::length)).isEqualTo("…");
    }

    @Test
    void fitted_surrogatePairs_areNotCut() {
        assertThat(Label.fitted("😀😀😀😀", 3, t -> t.codePointCount(0, t.length())))
                .isEqualTo("…😀😀");
    }

    @Test
    void bare_onnxNames_loseTheOrnaments() {
        assertThat(Label.bare("/layer1/conv1/Conv_output_0")).isEqualTo("layer1/conv1/Conv");
        assertThat(Label.bare("res2a_branch2a")).isEqualTo("res2a_branch2a");
        assertThat(Label.bare("/")).isEqualTo("/");
    }

    @Test
    void printable_charactersWithoutAForm_areReplaced() {
        assertThat(Label.printable("a\u0000b\u202Ec\nd\uD800e")).isEqualTo("a\uFFFDb\uFFFDc\uFFFDd\uFFFDe");
        assertThat(Label.printable("層 é 😀 \\ <")).isEqualTo("層 é 😀 \\ <");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 9, 45, 120, 400, 1000})
    void labelled_anyNumberOfLayers_neverComeTooClose(int count) {
        for (int cell : new int[] {1, 2, 7, 13, 56}) {
            var layers = Runs.resnet("a", count);
            layers.addAll(Runs.resnet("b", 3));
            var scale = LayerScale.of(layers, cell, 3);
            List<Integer> chosen = scale.labelled(13);
            assertThat(chosen).contains(0).isSorted();
            for (int i = 1; i < chosen.size(); i++) {
                assertThat(scale.centre(chosen.get(i)) - scale.centre(chosen.get(i - 1)))
                        .isGreaterThanOrEqualTo(13);
            }
        }
    }

    @Test
    void labelled_withRoom_isEveryLayer() {
        assertThat(LayerScale.of(Runs.resnet("a", 9), 13, 3).labelled(13)).hasSize(9);
    }

    @Test
    void scale_ofSeveralModels_leavesGaps() {
        var layers = Runs.resnet("a", 2);
        layers.addAll(Runs.resnet("b", 3));
        var scale = LayerScale.of(layers, 10, 3);
        assertThat(scale.start(1)).isEqualTo(10);
        assertThat(scale.start(2)).isEqualTo(23);
        assertThat(scale.length()).isEqualTo(53);
    }
}
