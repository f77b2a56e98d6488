package org.lamella.cli;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lamella.data.DataSource;
import org.lamella.data.Datasets;
import org.lamella.samples.Samples;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The data set that models are run on. */
final class DataOptions {
    private static final String SAMPLE = "sample:";

    @Option(
            names = "--data",
            paramLabel = "KIND:PATH",
            description = {
                "The examples: idx:IMAGES,LABELS, cifar10:DIR (the binary form), npz:FILE (arrays x and y), npy:FILE,"
                        + " sample:NAME. Pixels of images become numbers from 0 to 1.",
                "Stored activations need none."
            })
    private @Nullable String source;

    @Option(
            names = "--normalize",
            paramLabel = "mean=…,std=…",
            converter = Normalization.Converter.class,
            description = "Subtract a mean and divide by a standard deviation: one number each, or one a channel,"
                    + " as in mean=0.49,0.48,0.45,std=0.25,0.24,0.26.")
    private @Nullable Normalization normalization;

    /** The data set named, or null if none was. */
    @Nullable
    DataSource open() {
        if (source == null) {
            return null;
        }
        DataSource opened =
                source.startsWith(SAMPLE) ? Samples.data(source.substring(SAMPLE.length())) : Datasets.open(source);
        if (normalization == null) {
            return opened;
        }
        return opened.normalized(normalization.mean(), normalization.deviation());
    }

    /** What is subtracted, and what is divided by. */
    record Normalization(List<Double> mean, List<Double> deviation) {
        static final class Converter implements ITypeConverter<Normalization> {
            private static final Pattern FORM = Pattern.compile("mean=([-+.,eE0-9]+),std=([-+.,eE0-9]+)");

            @Override
            public Normalization convert(String text) {
                Matcher matcher = FORM.matcher(text);
                if (!matcher.matches()) {
                    throw new TypeConversionException("'" + text + "' is not of the form mean=…,std=…");
                }
                return new Normalization(numbers(matcher.group(1)), numbers(matcher.group(2)));
            }

            private static List<Double> numbers(String text) {
                return Stream.of(text.split(",")).map(Double::valueOf).toList();
            }
        }
    }
}
