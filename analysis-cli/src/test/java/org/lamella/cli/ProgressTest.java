package org.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgressTest {
    @Test
    void line_tellsRateAndTimeLeft() {
        assertThat(Progress.line("batches", 12, 40, 0.3)).isEqualTo("12 of 40 batches, 0.30 a second, 1:33 left");
        assertThat(Progress.line("batches", 1, 10_001, 1)).isEqualTo("1 of 10001 batches, 1.00 a second, 2:46:40 left");
    }

    @Test
    void line_atTheBeginningOrTheEnd_onlyCounts() {
        assertThat(Progress.line("batches", 0, 40, 0)).isEqualTo("0 of 40 batches");
        assertThat(Progress.line("batches", 40, 40, 2)).isEqualTo("40 of 40 batches");
    }
}
