package org.lamella.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads amounts of memory: 700m, 4g, 1.5g, 2048k, or a number of bytes. Units are powers of 1024. */
final class MemorySize implements ITypeConverter<Long> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?)([kmgt]?)(?:i?b)?");

    @Override
    public Long convert(String text) {
        Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is no amount of memory; write 700m or 4g");
        }
        int shift = 10 * (matcher.group(2).isEmpty() ? 0 : 1 + "kmgt".indexOf(matcher.group(2)));
        double bytes = Math.scalb(Double.parseDouble(matcher.group(1)), shift);
        if (bytes < 1 || bytes >= Long.MAX_VALUE) {
            throw new TypeConversionException("'" + text + "' is no amount of memory that a machine has");
        }
        return (long) bytes;
    }
}
