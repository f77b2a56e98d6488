package org.lamella.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A process that works only when its turn has come. It says first what it is, {@code {"about":"…"}}. Then it reads lines {@code
 * WHAT REPETITIONS}, does that and answers {@code {"seconds":…}}, the time of one repetition. It ends with its input.
 */
public final class Turns {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Turns() {}

    /**
     * Takes turns until the input ends.
     *
     * @param about what the process says of itself
     * @param work what it can do, by name
     */
    public static void take(Map<String, Object> about, Map<String, Runnable> work) throws IOException {
        answer(about);
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", -1);
            Runnable wanted = work.get(words[0]);
            if (wanted == null || words.length != 2) {
                throw new IllegalArgumentException("'" + line + "' is not one of " + work.keySet() + " and a number");
            }
            answer(Map.of("seconds", seconds(wanted, Integer.parseInt(words[1]))));
        }
    }

    private static double seconds(Runnable work, int repetitions) {
        long started = System.nanoTime();
        for (int i = 0; i < repetitions; i++) {
            work.run();
        }
        return (System.nanoTime() - started) * 1e-9 / repetitions;
    }

    private static void answer(Map<String, ?> fields) throws IOException {
        System.out.println(JSON.writeValueAsString(fields));
        System.out.flush();
    }
}
