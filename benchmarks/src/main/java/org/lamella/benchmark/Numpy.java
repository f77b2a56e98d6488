package org.lamella.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The plain numpy form of the paper's algebra, if this machine has what it needs.
 *
 * @param python the interpreter
 * @param script {@code numpy_cka.py}
 */
record Numpy(String python, Path script) {
    /** Asks {@code python3}, or what the environment's PYTHON names, for numpy. */
    static Optional<Numpy> find(Path script) throws IOException {
        String python = Optional.ofNullable(System.getenv("PYTHON")).orElse("python3");
        try {
            Process asked = new ProcessBuilder(python, "-c", "import numpy")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return asked.waitFor() == 0 ? Optional.of(new Numpy(python, script)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    TimedProcess start(Path activations, int batch, int threads, Path result) throws IOException {
        String count = String.valueOf(threads);
        return new TimedProcess(
                script.toString(),
                List.of(python, script.toString(), activations.toString(), String.valueOf(batch), result.toString()),
                Map.of("OPENBLAS_NUM_THREADS", count, "OMP_NUM_THREADS", count, "MKL_NUM_THREADS", count));
    }
}
