package org.lamella.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lamella.measure.MeasureMatrix;
import org.lamella.run.MeasureResult;
import org.lamella.run.RunManifest;

/**
 * The page of a comparison by other measures: what was run, its warnings, and heat maps of each measure. One HTML file that loads
 * nothing.
 */
public final class MeasureReport {
    private final Report report;

    private MeasureReport(Report report) {
        this.report = report;
    }

    /** The page of a finished run. */
    public static MeasureReport of(MeasureResult result) {
        MapData data = MapData.of(
                result.matrices().stream()
                        .filter(MeasureSection::isInteractive)
                        .map(MeasureMatrix::values)
                        .toList(),
                0,
                1);
        var figures = new MapFigures(data);
        List<Section> sections = new ArrayList<>();
        sections.add(SummarySection.of(result.manifest()));
        sections.add(new WarningsSection(result.manifest().warnings()));
        result.matrices().forEach(found -> sections.add(new MeasureSection(found, figures)));
        if (result.matrices().stream().anyMatch(MeasureSection::isInteractive)) {
            sections.add(new MapDataSection(data));
        }
        List<String> models =
                result.manifest().models().stream().map(RunManifest.Model::name).toList();
        return new MeasureReport(Report.of(models, sections));
    }

    /**
     * Writes the page, whole or not at all, and makes the folder if there is none.
     *
     * @throws org.lamella.LamellaException if the file cannot be written
     */
    public void save(Path file) {
        report.save(file);
    }
}
