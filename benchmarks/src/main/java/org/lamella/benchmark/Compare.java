package org.lamella.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Measures the whole computation beside what bounds it and beside numpy, and prints tables in Markdown.
 *
 * <pre>benchmarks/compare [full|quick]</pre>
 *
 * <p>What is compared is measured in turns: one side, the other, and again. The ratio is taken of each round and the median of the
 * ratios is printed, so that a machine that is slower for a while does not count for one side alone.
 */
public final class Compare {
    private final Path home;
    private final Path folder;
    private final Size size;
    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private Compare(Path home, Path folder, Size size) {
        this.home = home;
        this.folder = folder;
        this.size = size;
    }

    /**
     * Runs all comparisons.
     *
     * @param arguments the root of the checkout, and full or quick
     */
    public static void main(String[] arguments) throws IOException {
        Size size = Size.valueOf((arguments.length > 1 ? arguments[1] : "full").toUpperCase(Locale.ROOT));
        Path folder = Files.createTempDirectory("lamella-benchmark-");
        try {
            new Compare(Path.of(arguments[0]), folder, size).run();
        } finally {
            Folder.delete(folder);
        }
    }

    private void run() throws IOException {
        Optional<Numpy> numpy = Numpy.find(home.resolve("benchmarks").resolve("numpy_cka.py"));
        if (numpy.isEmpty()) {
            System.err.println("python3 with numpy was not found, so nothing is measured beside it");
        }
        var comparison = new StoredComparison(folder, size, numpy);
        List<String> rows = new ArrayList<>();
        for (StoredCase stored : size.stored()) {
            rows.add(comparison.row(stored));
        }
        out.printf(
                "Measured on %s: %s, %d processors, %s; JDK %s; %d threads on either side.%nLamella: %s.%s%n%n",
                LocalDate.now(ZoneOffset.UTC),
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                Runtime.version(),
                Size.THREADS,
                comparison.ourLibrary(),
                numpy.isEmpty() ? "" : " Beside it: " + comparison.theirLibrary() + ".");
        out.println("| CKA of stored activations | Lamella, ms a batch | numpy, ms a batch | numpy / Lamella |"
                + " largest difference |");
        out.println("| --- | ---: | ---: | ---: | ---: |");
        rows.forEach(out::println);
        out.println();
        out.println("| from ONNX and images to CKA | layers | forward pass with taps, s a batch |"
                + " Gram products at the `sgemm` rate | whole, s a batch | whole / (forward + Gram) |");
        out.println("| --- | ---: | ---: | ---: | ---: | ---: |");
        var resnets = new ResnetComparison(folder, size);
        for (int depth : size.depths()) {
            out.println(resnets.row(depth));
        }
        out.println();
        out.println("| command on 1 MB of stored activations | wall time, s |");
        out.println("| --- | ---: |");
        out.println("| `./lamella cka` | "
                + new CommandTiming(home, folder).measure().print(2) + " |");
    }

    private static String processor() throws IOException {
        Path linux = Path.of("/proc/cpuinfo");
        if (Files.isReadable(linux)) {
            for (String line : Files.readAllLines(linux)) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        }
        return "a processor without a name";
    }
}
