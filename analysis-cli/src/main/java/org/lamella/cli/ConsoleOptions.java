package org.lamella.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** How much a command says. Results go to standard output, everything else to standard error. */
final class ConsoleOptions {
    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = {"-q", "--quiet"},
            description = "Say nothing but errors.")
    private boolean quiet;

    @Option(names = "--verbose", description = "Show the whole failure where something fails.")
    private boolean verbose;

    boolean verbose() {
        return verbose;
    }

    boolean quiet() {
        return quiet;
    }

    /** Says how things go. */
    void say(String text) {
        if (!quiet) {
            err().println(text);
        }
    }

    /** Says what the user should know; the run directory keeps it too. */
    void warn(String text) {
        if (!quiet) {
            err().println("warning: " + text.replaceAll("\\p{Cntrl}+", " "));
        }
    }

    /** Prints a result. */
    void result(String text) {
        PrintWriter out = command.commandLine().getOut();
        out.println(text);
        out.flush();
    }

    private PrintWriter err() {
        return command.commandLine().getErr();
    }
}
