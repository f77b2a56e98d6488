package org.lamella.samples.sweep;

import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.lamella.AtomicFile;
import org.lamella.samples.training.TrainingSummary;

/** {@code sweep.csv}: a row a cell that is done or has failed, in the order of the sweep. */
final class SweepTable {
    private final Path file;
    private final SweepSpec sweep;
    private final Map<String, TrainingSummary> done = new ConcurrentHashMap<>();
    private final Map<String, String> failed = new ConcurrentHashMap<>();

    SweepTable(Path file, SweepSpec sweep) {
        this.file = file;
        this.sweep = sweep;
    }

    Path file() {
        return file;
    }

    void done(SweepSpec.Cell cell, TrainingSummary result) {
        done.put(cell.spec().name(), result);
        failed.remove(cell.spec().name());
    }

    void failed(SweepSpec.Cell cell, String reason) {
        failed.put(cell.spec().name(), reason);
    }

    int failures() {
        return failed.size();
    }

    synchronized void write() {
        AtomicFile.write(file, out -> {
            List<String> header = new ArrayList<>(sweep.axes());
            header.addAll(List.of("accuracy", "loss", "parameters", "seconds", "checkpoint", "error"));
            CSVPrinter csv = new CSVPrinter(
                    new OutputStreamWriter(out, StandardCharsets.UTF_8),
                    CSVFormat.DEFAULT
                            .builder()
                            .setRecordSeparator('\n')
                            .setHeader(header.toArray(String[]::new))
                            .get());
            for (SweepSpec.Cell cell : sweep.cells()) {
                TrainingSummary result = done.get(cell.spec().name());
                String reason = failed.get(cell.spec().name());
                List<Object> row = new ArrayList<>(cell.labels());
                if (result != null) {
                    row.addAll(List.of(
                            result.accuracy(),
                            result.loss(),
                            result.parameters(),
                            result.seconds(),
                            result.checkpoint(),
                            ""));
                } else if (reason != null) {
                    row.addAll(List.of("", "", "", "", "", reason));
                } else {
                    continue;
                }
                csv.printRecord(row);
            }
            csv.flush();
        });
    }
}
