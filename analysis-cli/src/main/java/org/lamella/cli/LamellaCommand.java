package org.lamella.cli;

import org.lamella.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "lamella",
        mixinStandardHelpOptions = true,
        versionProvider = LamellaCommand.VersionProvider.class,
        description = "Shows which layers of a trained neural network say the same thing.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Run 'lamella COMMAND --help' for the options of a command.",
            "Exit status: 0 done, 1 the work failed, 2 wrong usage."
        },
        subcommands = {
            DemoCommand.class,
            InspectCommand.class,
            ExtractCommand.class,
            CkaCommand.class,
            BlocksCommand.class,
            SimilarityCommand.class,
            ProbeCommand.class,
            ComponentsCommand.class,
            ExportCommand.class,
            PruneCommand.class,
            ReportCommand.class,
            MergeCommand.class,
            TrainCommand.class,
            SweepCommand.class
        })
final class LamellaCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    static final class VersionProvider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"lamella " + Version.current()};
        }
    }
}
