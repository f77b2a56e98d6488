package org.lamella.run;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.lamella.activation.ActivationSource;
import org.lamella.linalg.Blas;

/** What a run tells beside its results: when it began, its warnings as they come, and the wall time of its phases. */
final class RunLog {
    private final Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final Consumer<String> listener;
    private final List<String> warnings = new ArrayList<>();
    private final Map<String, Double> seconds = new LinkedHashMap<>();

    /**
     * @param listener is shown every warning at once
     */
    RunLog(Consumer<String> listener) {
        this.listener = listener;
    }

    /** Date and time in UTC, ISO 8601. */
    String started() {
        return started.toString();
    }

    /** One line. */
    void warn(String text) {
        warnings.add(text);
        listener.accept(text);
    }

    /** What sources have to say, each thing once. */
    void remarks(List<ActivationSource> sources) {
        for (ActivationSource source : sources) {
            source.remarks().stream()
                    .map(remark -> "model '%s': %s".formatted(source.name(), remark))
                    .filter(remark -> !warnings.contains(remark))
                    .forEach(this::warn);
        }
    }

    void warnOfSlowBlas() {
        if (Blas.isSlow()) {
            warn("%s %s runs on its kernels for %s, several times slower than this processor could"
                    .formatted(Blas.library(), Blas.version(), Blas.kernel()));
        }
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** Does some work, and notes how long it took. */
    void timed(String phase, Runnable work) {
        long start = System.nanoTime();
        work.run();
        tookSince(phase, start);
    }

    /** Does some work that gives something, and notes how long it took. */
    <T> T timed(String phase, Supplier<T> work) {
        long start = System.nanoTime();
        T given = work.get();
        tookSince(phase, start);
        return given;
    }

    /**
     * @param start of the phase, as {@link System#nanoTime} gave it
     */
    void tookSince(String phase, long start) {
        took(Map.of(phase, (System.nanoTime() - start) * 1e-9));
    }

    /** Seconds by phase; those of a phase that is there add. */
    void took(Map<String, Double> times) {
        times.forEach((phase, time) -> seconds.merge(phase, time, Double::sum));
    }

    /** Wall time by phase up to now, in the order in which phases ended first. */
    Map<String, Double> seconds() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(seconds));
    }
}
