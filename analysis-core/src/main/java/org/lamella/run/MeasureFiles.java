package org.lamella.run;

import java.nio.file.Path;
import java.util.List;
import org.lamella.measure.ChanceLevel;
import org.lamella.measure.MeasureMatrix;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.LayerId;

/** The files of a run of other measures: matrices in the form of {@code cka.csv}, and a row for each cell of a chance level. */
public final class MeasureFiles {
    /** What their names match. */
    static final String NAMES = "similarity/[a-z-]+\\.(csv|png|svg)|similarity/[a-z-]+/[^/]*--[^/]*\\.(csv|png|svg)";

    private final Path folder;

    /** In a run directory. */
    public MeasureFiles(Path directory) {
        this.folder = directory.resolve("similarity");
    }

    /** Where the picture of all layers of all models goes, to be followed by a suffix. */
    public Path picture(String measure) {
        return folder.resolve(measure);
    }

    /** Where what belongs to two models goes, to be followed by a suffix. */
    public Path pair(String measure, String rowModel, String columnModel) {
        return folder.resolve(measure).resolve(rowModel + "--" + columnModel);
    }

    void write(MeasureMatrix found) {
        CkaMatrix values = found.values();
        String name = found.measure().name();
        List<String> models = values.models();
        for (String a : models) {
            for (String b : models) {
                Path file = models.size() == 1 ? picture(name) : pair(name, a, b);
                CkaMatrix part = values.between(a, b);
                MatrixFiles.csv(suffixed(file, ".csv"), part, part::value, LayerId::name);
                ChanceLevel chance = found.chance();
                if (chance != null) {
                    writeChance(suffixed(file, "-null.csv"), values, part, chance);
                }
            }
        }
    }

    private static void writeChance(Path file, CkaMatrix all, CkaMatrix part, ChanceLevel chance) {
        MatrixFiles.write(file, csv -> {
            csv.printRecord("row", "column", "value", "null_mean", "null_sd", "null_limit", "z", "p");
            for (LayerId rowLayer : part.rows()) {
                int row = all.rows().indexOf(rowLayer);
                for (LayerId columnLayer : part.columns()) {
                    int column = all.columns().indexOf(columnLayer);
                    csv.printRecord(
                            rowLayer.name(),
                            columnLayer.name(),
                            all.value(row, column),
                            chance.mean(row, column),
                            chance.standardDeviation(row, column),
                            chance.limit(row, column),
                            chance.deviations(row, column),
                            chance.exceedance(row, column));
                }
            }
        });
    }

    private static Path suffixed(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }
}
