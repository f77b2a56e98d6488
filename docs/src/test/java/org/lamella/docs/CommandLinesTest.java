package org.lamella.docs;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamella.cli.Main;
import picocli.CommandLine.ParameterException;

/** Every command line in the documentation is one that the program accepts. Nothing is run. */
class CommandLinesTest {
    record Documented(String place, List<String> arguments) {
        @Override
        public String toString() {
            return place + " " + String.join(" ", arguments);
        }
    }

    static List<Documented> commandLines() {
        List<Documented> found = new ArrayList<>();
        for (Page page : Page.all()) {
            for (Page.Block block : page.blocks()) {
                ShellWords.logicalLines(block.lines()).forEach(line -> addIfOurs(found, block.toString(), line));
            }
            // In the text, a command without arguments is its name.
            page.codeSpans().stream()
                    .filter(span -> span.matches("(\\./)?lamella \\S+ .+"))
                    .forEach(span -> addIfOurs(found, Page.root().relativize(page.file()) + ", in the text", span));
        }
        return found;
    }

    private static void addIfOurs(List<Documented> found, String place, String line) {
        String command = line.strip().replaceFirst("^\\$ ", "");
        if (command.startsWith("./lamella ") || command.startsWith("lamella ")) {
            List<String> words = ShellWords.of(command);
            found.add(new Documented(place, words.subList(1, words.size())));
        }
    }

    @ParameterizedTest
    @MethodSource("commandLines")
    void commandLine_documented_isAccepted(Documented documented) {
        var command = Main.commandLine();

        assertThatCode(() -> command.parseArgs(documented.arguments().toArray(String[]::new)))
                .as(documented.toString())
                .doesNotThrowAnyException();
    }

    @Test
    void commandLine_withUnknownOption_isRefused() {
        var command = Main.commandLine();

        assertThatThrownBy(() -> command.parseArgs("cka", "a.npz", "--out", "run", "--no-such-option"))
                .isInstanceOf(ParameterException.class);
    }
}
