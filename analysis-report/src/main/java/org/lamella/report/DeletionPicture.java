package org.lamella.report;

import java.nio.file.Path;
import java.util.Locale;
import org.lamella.LamellaException;
import org.lamella.prune.Deletion;

/**
 * The heat map of a model's layers, and under it the accuracy without the blocks from a place to the end of its stage: as figure 6 of
 * Nguyen, Raghu and Kornblith (2021). Upright lines part the stages, the level line is the accuracy of the whole model. PNG or SVG.
 */
public final class DeletionPicture {
    private static final String NAME = "CKA of the layers, and accuracy without the last blocks of each stage";

    private final Heatmap map;
    private final Deletion deletion;

    private DeletionPicture(Heatmap map, Deletion deletion) {
        this.map = map;
        this.deletion = deletion;
    }

    public static DeletionPicture of(Deletion deletion) {
        return new DeletionPicture(Heatmap.of(deletion.cka()), deletion);
    }

    byte[] png() {
        return PngPicture.of(new DeletionDrawing(map, deletion, map.density()), map.density());
    }

    private byte[] svg() {
        return SvgPicture.of(new DeletionDrawing(map, deletion, SvgPicture.density(map)), NAME);
    }

    /**
     * Writes the picture, whole or not at all.
     *
     * @param file ends with {@code .png} or {@code .svg}
     * @throws LamellaException if it ends otherwise or cannot be written
     */
    public void save(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".png")) {
            WholeFile.write(file, png());
        } else if (name.endsWith(".svg")) {
            WholeFile.write(file, svg());
        } else {
            throw new LamellaException(
                    file.toString(), "the picture is written as .png or .svg: end the name with one");
        }
    }
}
