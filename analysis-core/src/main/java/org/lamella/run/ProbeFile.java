package org.lamella.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVRecord;
import org.lamella.LamellaException;
import org.lamella.probe.LayerProbe;
import org.lamella.probe.WilsonInterval;
import org.lamella.similarity.LayerId;

/** {@code probe.csv}, written and read; docs/run-directory.md tells its form. */
final class ProbeFile {
    /** What the names of the results match. */
    static final String NAMES = "probe\\.(csv|png|svg)";

    private static final String NAME = "probe.csv";

    private ProbeFile() {}

    /** @param train how many examples the probes learnt from */
    static void write(Path folder, List<LayerProbe> probes, int train) {
        MatrixFiles.write(folder.resolve(NAME), csv -> {
            csv.printRecord(
                    "layer",
                    "accuracy",
                    "low",
                    "high",
                    "regularization",
                    "train",
                    "test",
                    "correct",
                    "validation_accuracy",
                    "model",
                    "index");
            for (LayerProbe probe : probes) {
                csv.printRecord(
                        probe.layer().name(),
                        probe.accuracy(),
                        probe.interval().low(),
                        probe.interval().high(),
                        probe.regularization(),
                        train,
                        probe.test(),
                        probe.correct(),
                        probe.validationAccuracy(),
                        probe.layer().model(),
                        probe.layer().layer().index());
            }
        });
    }

    /**
     * The probes of these layers.
     *
     * @throws LamellaException if the file is missing, broken, or of other layers
     */
    static List<LayerProbe> read(Path folder, List<LayerId> layers) {
        Path file = folder.resolve(NAME);
        List<CSVRecord> rows = MatrixFiles.records(file);
        if (rows.size() != layers.size()) {
            throw new LamellaException(
                    file.toString(), "has %d rows for %d layers".formatted(rows.size(), layers.size()));
        }
        List<LayerProbe> probes = new ArrayList<>();
        try {
            for (int i = 0; i < rows.size(); i++) {
                probes.add(probe(rows.get(i), layers.get(i)));
            }
        } catch (IllegalArgumentException e) {
            throw new LamellaException(file.toString(), "is broken: " + e.getMessage(), e);
        }
        return probes;
    }

    private static LayerProbe probe(CSVRecord row, LayerId layer) {
        if (!row.get("model").equals(layer.model()) || !row.get("layer").equals(layer.name())) {
            throw new IllegalArgumentException(
                    "row %d is not of layer '%s'".formatted(row.getRecordNumber(), layer.name()));
        }
        return new LayerProbe(
                layer,
                Integer.parseInt(row.get("correct")),
                Integer.parseInt(row.get("test")),
                new WilsonInterval(Double.parseDouble(row.get("low")), Double.parseDouble(row.get("high"))),
                Double.parseDouble(row.get("regularization")),
                Double.parseDouble(row.get("validation_accuracy")));
    }
}
