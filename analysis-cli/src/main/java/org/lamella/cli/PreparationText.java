package org.lamella.cli;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.lamella.LamellaException;
import org.lamella.data.Layout;
import org.lamella.data.Normalization;
import org.lamella.data.Resize;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How the preparation of data is written on a command line. */
final class PreparationText {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,6})(?:x(\\d{1,6}))?");
    private static final Pattern NORMALIZATION = Pattern.compile("mean=([-+.,eE0-9]+),std=([-+.,eE0-9]+)");

    private PreparationText() {}

    static Resize resize(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            throw new TypeConversionException("'" + text + "' is not of the form N or HEIGHTxWIDTH");
        }
        int first = Integer.parseInt(size.group(1));
        try {
            return size.group(2) == null
                    ? Resize.shorterSide(first)
                    : Resize.exactly(first, Integer.parseInt(size.group(2)));
        } catch (LamellaException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    static Layout layout(String text) {
        return switch (text) {
            case "nchw" -> Layout.NCHW;
            case "nhwc" -> Layout.NHWC;
            default -> throw new TypeConversionException("'" + text + "' is neither nchw nor nhwc");
        };
    }

    static int channels(String text) {
        return switch (text) {
            case "1" -> 1;
            case "3" -> 3;
            default -> throw new TypeConversionException("'" + text + "' is neither 1 nor 3");
        };
    }

    static Normalization normalization(String text) {
        Matcher matcher = NORMALIZATION.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not of the form mean=…,std=…");
        }
        return new Normalization(numbers(matcher.group(1)), numbers(matcher.group(2)));
    }

    private static List<Double> numbers(String text) {
        try {
            return Stream.of(text.split(",", -1)).map(Double::valueOf).toList();
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is not a list of numbers");
        }
    }

    static final class ResizeConverter implements ITypeConverter<Resize> {
        @Override
        public Resize convert(String text) {
            return resize(text);
        }
    }

    static final class LayoutConverter implements ITypeConverter<Layout> {
        @Override
        public Layout convert(String text) {
            return layout(text);
        }
    }

    static final class ChannelsConverter implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return channels(text);
        }
    }

    static final class NormalizationConverter implements ITypeConverter<Normalization> {
        @Override
        public Normalization convert(String text) {
            return normalization(text);
        }
    }
}
