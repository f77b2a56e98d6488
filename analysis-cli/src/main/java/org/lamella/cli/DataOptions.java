package org.lamella.cli;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamella.data.DataSource;
import org.lamella.data.Datasets;
import org.lamella.data.Layout;
import org.lamella.data.Normalization;
import org.lamella.data.Preparation;
import org.lamella.data.Resize;
import org.lamella.run.RunData;
import org.lamella.samples.Samples;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The data set that models are run on, and how it is prepared for them. */
final class DataOptions {
    private static final String SAMPLE = "sample:";

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--data",
            paramLabel = "KIND:PATH",
            description =
                    "The examples: idx:IMAGES,LABELS, cifar10:DIR, cifar100:DIR or cifar100-coarse:DIR (the binary form),"
                            + " images:DIR (JPEG and PNG, a folder a class or none), npz:FILE (arrays x and y, or the model's"
                            + " inputs by name), npy:FILE, csv:FILE (a header; column label), text:FILE (an example a line),"
                            + " sample:NAME. Pixels of images become numbers from 0 to 1.")
    private @Nullable String source;

    @Option(
            names = "--resize",
            paramLabel = "N|HxW",
            converter = PreparationText.ResizeConverter.class,
            description = "Scale images: N makes the shorter side N and cuts the middle out, to the size of the model's"
                    + " input where that is fixed and not larger, else to N x N; HxW makes both sides as given."
                    + " Bilinear, with antialias. Without it, images:DIR become what the model's input takes.")
    private @Nullable Resize resize;

    @Option(
            names = "--channels",
            paramLabel = "1|3",
            converter = PreparationText.ChannelsConverter.class,
            description = "Make images grey, or repeat the channel of grey ones.")
    private @Nullable Integer channels;

    @Option(
            names = "--layout",
            paramLabel = "nchw|nhwc",
            converter = PreparationText.LayoutConverter.class,
            description = "How images lie in an npz or npy file: channels first (the default) or last.")
    private @Nullable Layout layout;

    @Option(
            names = "--normalize",
            paramLabel = "mean=…,std=…",
            converter = PreparationText.NormalizationConverter.class,
            description = "Subtract a mean and divide by a standard deviation: one number each, or one a channel,"
                    + " as in mean=0.49,0.48,0.45,std=0.25,0.24,0.26.")
    private @Nullable Normalization normalization;

    @Option(
            names = "--for",
            paramLabel = "NAME:SETTING=…",
            converter = ForModel.Converter.class,
            description = {
                "Prepare the data otherwise for the model of that name, as in"
                        + " --for deep:resize=32,normalize=mean=0.5,std=0.25. Settings are resize, normalize, layout and"
                        + " channels, each as the option of that name takes it, and data for another form of the same"
                        + " examples. May be given for several models."
            })
    private List<ForModel> special = List.of();

    @Option(
            names = "--tokenizer",
            paramLabel = "FILE",
            description = "The tokenizer.json that makes texts into tokens; by default the one beside the model.")
    private @Nullable Path tokenizer;

    /** @throws ParameterException if the options contradict each other */
    void check() {
        require(source != null || special.isEmpty(), "--for needs --data: what it says is about data");
        require(source != null || tokenizer == null, "--tokenizer needs --data text:FILE");
        Set<String> models = new HashSet<>();
        for (ForModel one : special) {
            require(models.add(one.model()), "--for " + one.model() + " is given twice");
        }
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(command.commandLine(), message);
        }
    }

    /** What makes texts into tokens for all models, or null for the file beside each. */
    @Nullable
    Path tokenizer() {
        return tokenizer;
    }

    /** What the models are given, or null if no data were named. */
    @Nullable
    RunData runData() {
        return source == null ? null : runData(source);
    }

    /** The same of other examples, prepared likewise. */
    RunData runData(String named) {
        RunData data = RunData.of(open(named)).prepared(new Preparation(layout, channels, resize, normalization));
        for (ForModel one : special) {
            data = data.preparedFor(one.model(), one.preparation());
            String own = one.data();
            data = own == null ? data : data.from(one.model(), open(own));
        }
        return data;
    }

    /** A data set as {@code --data} names it. */
    static DataSource open(String named) {
        return named.startsWith(SAMPLE) ? Samples.data(named.substring(SAMPLE.length())) : Datasets.open(named);
    }
}
