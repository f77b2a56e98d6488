package org.lamella.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lamella.data.Preparation;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What {@code --for} says of one model: {@code NAME:SETTING,SETTING…}, each setting an option's name, an equals sign and what the
 * option takes, such as {@code deep:resize=32,normalize=mean=0.5,std=0.25}.
 *
 * @param model its name in the run
 * @param data as {@code --data} takes it; absent for the run's
 */
record ForModel(String model, @Nullable String data, Preparation preparation) {
    private static final String SETTINGS = "data|resize|layout|channels|normalize";
    private static final Pattern FORM = Pattern.compile("(.+?):((?:" + SETTINGS + ")=.*)");
    private static final Pattern START = Pattern.compile("(" + SETTINGS + ")=(.*)");

    static final class Converter implements ITypeConverter<ForModel> {
        @Override
        public ForModel convert(String text) {
            Matcher form = FORM.matcher(text);
            if (!form.matches()) {
                throw new TypeConversionException("'" + text
                        + "' is not of the form NAME:SETTING=…, with resize, normalize, layout, channels or data");
            }
            Map<String, String> settings = settings(form.group(2));
            Preparation preparation = Preparation.none();
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                String value = setting.getValue();
                preparation = switch (setting.getKey()) {
                    case "resize" -> preparation.resized(PreparationText.resize(value));
                    case "layout" -> preparation.ofLayout(PreparationText.layout(value));
                    case "channels" -> preparation.withChannels(PreparationText.channels(value));
                    case "normalize" -> preparation.normalized(PreparationText.normalization(value));
                    default -> preparation;
                };
            }
            return new ForModel(form.group(1), settings.get("data"), preparation);
        }

        // Values have commas of their own: what begins with no setting's name goes on with the value before.
        private static Map<String, String> settings(String text) {
            Map<String, String> settings = new LinkedHashMap<>();
            String last = "";
            for (String part : text.split(",", -1)) {
                Matcher start = START.matcher(part);
                if (!start.matches()) {
                    settings.merge(last, part, (value, more) -> value + "," + more);
                } else {
                    last = start.group(1);
                    if (settings.put(last, start.group(2)) != null) {
                        throw new TypeConversionException("'" + text + "' says " + last + " twice");
                    }
                }
            }
            return settings;
        }
    }
}
