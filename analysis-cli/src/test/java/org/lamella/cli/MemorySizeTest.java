package org.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class MemorySizeTest {
    @ParameterizedTest
    @CsvSource({
        "700m, 734003200",
        "4g, 4294967296",
        "1.5G, 1610612736",
        "2048k, 2097152",
        "1t, 1099511627776",
        "512, 512",
        "3MB, 3145728",
        "3MiB, 3145728"
    })
    void convert_anAmount_givesBytes(String text, long bytes) {
        assertThat(new MemorySize().convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "4 g", "-1g", "0", "0.1", "4gg", "1e3m", "99999999999t", "half"})
    void convert_whatIsNoAmount_isRefused(String text) {
        assertThatThrownBy(() -> new MemorySize().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "' is no amount of memory");
    }
}
