package org.lamella.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.lamella.LamellaException;

class LayerSelectionTest {
    private static List<Layer> layers(String... names) {
        return IntStream.range(0, names.length)
                .mapToObj(i -> new Layer(i, names[i], "Conv", List.of(3), 0))
                .toList();
    }

    private final Map<String, List<Layer>> models = new java.util.TreeMap<>(Map.of(
            "a", layers("input", "stage1.block1.conv1", "stage1.block1.add", "logits"),
            "b", layers("input", "stage2.block1.add", "logits")));

    @Test
    void from_patterns_keepsEachModelsOrder() {
        var chosen = LayerSelection.of(List.of("logits", "*.add")).from(models);
        assertThat(chosen.get("a")).extracting(Layer::name).containsExactly("stage1.block1.add", "logits");
        assertThat(chosen.get("b")).extracting(Layer::index).containsExactly(1, 2);
    }

    @Test
    void from_dotInPattern_isNoWildcard() {
        assertThatThrownBy(() -> LayerSelection.of(List.of("stage1xblock1xadd")).from(models))
                .isInstanceOf(LamellaException.class);
    }

    @Test
    void from_unknownName_listsTheNearestFirst() {
        assertThatThrownBy(() -> LayerSelection.of(List.of("stage1.blok1.add")).from(models))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("--layers stage1.blok1.add")
                .hasMessageContaining("near it: stage1.block1.add");
    }

    @Test
    void from_patternThatEmptiesOneModel_namesTheModel() {
        assertThatThrownBy(() -> LayerSelection.of(List.of("stage1*")).from(models))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("model 'b'");
    }
}
