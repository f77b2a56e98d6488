package org.lamella.cli;

import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** The command line as the user wrote it, for the record. */
final class CommandText {
    private CommandText() {}

    static String of(CommandSpec spec) {
        return spec.root().commandLine().getParseResult().originalArgs().stream()
                .map(argument ->
                        argument.matches("[\\w@%+=:,./*?-]+") ? argument : "'" + argument.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" ", "lamella ", ""));
    }
}
