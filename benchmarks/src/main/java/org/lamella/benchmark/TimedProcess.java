package org.lamella.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process that takes {@link Turns}, seen from the outside. Several may live at once; one works while the others wait. */
final class TimedProcess implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int WARM_UPS = 3;

    private final String name;
    private final Process process;
    private final Writer lines;
    private final BufferedReader answers;
    private final JsonNode about;

    /** Starts the process and waits until it is ready. */
    TimedProcess(String name, List<String> command, Map<String, String> environment) throws IOException {
        this.name = name;
        var builder = new ProcessBuilder(command).redirectError(Redirect.INHERIT);
        // A kernel forced on OpenBLAS is not what this processor can do.
        builder.environment().remove("OPENBLAS_CORETYPE");
        builder.environment().putAll(environment);
        process = builder.start();
        lines = process.outputWriter(StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        about = answer();
    }

    /** One of this module's programs in a virtual machine of its own, set up as the launcher does. */
    static TimedProcess java(Class<?> main, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.add("-XX:+UseSerialGC");
        String options = System.getenv("LAMELLA_JAVA_OPTIONS");
        if (options != null && !options.isBlank()) {
            command.addAll(List.of(options.strip().split("\\s+", 0)));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return new TimedProcess(main.getSimpleName(), command, Map.of());
    }

    /** What the process said of itself. */
    JsonNode about() {
        return about;
    }

    /** Lets the process work, and returns the seconds that one repetition took by its own clock. */
    double seconds(String what, int repetitions) throws IOException {
        lines.write(what + " " + repetitions + "\n");
        lines.flush();
        return answer().required("seconds").doubleValue();
    }

    /** Warms up, and says how often to repeat something so that it takes about so many seconds in all. */
    int repetitions(String what, double seconds) throws IOException {
        int count = 1;
        for (int i = 0; i < WARM_UPS; i++) {
            count = (int) Math.max(1, Math.round(seconds / seconds(what, count)));
        }
        return count;
    }

    private JsonNode answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException(name + " ended before it answered; what it said is above");
        }
        return JSON.readTree(line);
    }

    /** Ends its input, and so the process. */
    @Override
    public void close() throws IOException {
        lines.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
