package org.lamella.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.lamella.LamellaException;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** Where the program starts. Exit status: 0 done, 1 the work failed (one line says why), 2 wrong usage. */
public final class Main {
    private Main() {}

    /** Runs the command line and ends the process with its exit status. */
    public static void main(String[] arguments) {
        System.exit(run(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                arguments));
    }

    /** Runs the command line without ending the process. */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        try {
            return commandLine().setOut(out).setErr(err).execute(arguments);
        } catch (OutOfMemoryError e) {
            err.println("lamella: memory: there is not enough (" + e.getMessage()
                    + "); take a smaller --batch or fewer --layers");
        } catch (LinkageError e) {
            err.println("lamella: a native library cannot be loaded: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** All commands with their options, as the program reads them; parsing with it runs nothing. */
    public static CommandLine commandLine() {
        return new CommandLine(new LamellaCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler(Main::report);
    }

    private static int report(Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (command.getCommand() instanceof Reporting reporting
                && reporting.console().verbose()) {
            failure.printStackTrace(err);
        } else if (failure instanceof LamellaException) {
            err.println("lamella: " + failure.getMessage());
        } else {
            err.println("lamella: this should not have happened: "
                    + String.valueOf(failure).lines().findFirst().orElse("")
                    + " (run again with --verbose and report what it prints)");
        }
        err.flush();
        return CommandLine.ExitCode.SOFTWARE;
    }
}
