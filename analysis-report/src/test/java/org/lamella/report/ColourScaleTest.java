package org.lamella.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ColourScaleTest {
    private final ColourScale scale = new ColourScale(0, 1);

    @Test
    void magma_ends_areTheColoursOfMatplotlib() {
        // matplotlib.cm.magma(0), (128) and (255), rounded to bytes.
        assertThat(Magma.SIZE).isEqualTo(256);
        assertThat(Magma.colour(0)).isEqualTo(0x000004);
        assertThat(Magma.colour(128)).isEqualTo(0xb73779);
        assertThat(Magma.colour(255)).isEqualTo(0xfcfdbf);
    }

    @Test
    void magma_lightness_neverFalls() {
        int before = -1;
        for (int i = 0; i < Magma.SIZE; i++) {
            int rgb = Magma.colour(i);
            int lightness = 2126 * (rgb >> 16) + 7152 * (rgb >> 8 & 0xff) + 722 * (rgb & 0xff);
            // Bytes are rounded: a step may fall short by one unit of green.
            assertThat(lightness).isGreaterThan(before - 7152);
            before = lightness;
        }
    }

    @Test
    void colour_inside_followsTheTable() {
        assertThat(scale.colour(0)).isEqualTo(Magma.colour(0));
        assertThat(scale.colour(0.5)).isEqualTo(Magma.colour(128));
        assertThat(scale.colour(1)).isEqualTo(Magma.colour(255));
    }

    @Test
    void colour_beyondTheEnds_isNotTheEnds() {
        assertThat(scale.colour(-0.001)).isEqualTo(ColourScale.BELOW).isNotEqualTo(Magma.colour(0));
        assertThat(scale.colour(1.001)).isEqualTo(ColourScale.ABOVE).isNotEqualTo(Magma.colour(255));
        assertThat(scale.colour(Double.NaN)).isEqualTo(ColourScale.UNDEFINED);
        for (int i = 0; i < Magma.SIZE; i++) {
            assertThat(Magma.colour(i)).isNotIn(ColourScale.BELOW, ColourScale.ABOVE, ColourScale.UNDEFINED);
        }
    }

    @Test
    void colour_aRoundingBeyondAnEnd_isTheEnd() {
        assertThat(scale.colour(1 + 1e-9)).isEqualTo(Magma.colour(255));
        assertThat(scale.colour(-1e-9)).isEqualTo(Magma.colour(0));
    }

    @Test
    void scale_withoutARange_isRefused() {
        assertThatThrownBy(() -> new ColourScale(1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ColourScale(0, Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }
}
