package org.lamella.samples;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.lamella.LamellaException;
import org.lamella.data.DataSource;
import org.lamella.data.IdxDataset;
import org.lamella.data.Sha256;

/** The trained networks and the labelled images that ship with this module. */
public final class Samples {
    private static final String DATA = "fashion-mnist";
    private static final String IMAGES = "fashion-mnist-images-idx3-ubyte.gz";
    private static final String LABELS = "fashion-mnist-labels-idx1-ubyte.gz";
    private static final List<String> CHECKPOINTS = List.of("fashion-resnet14", "fashion-resnet38");

    private Samples() {}

    /** Names of the data sets that {@link #data} knows. */
    public static List<String> names() {
        return List.of(DATA);
    }

    /**
     * The labelled images of a name: for {@code fashion-mnist}, 3,000 test images of 28 × 28 pixels from 0 to 1, 300 of each
     * of ten classes, in the order of the original. The networks were trained on pixels in the same form.
     *
     * @throws LamellaException if there is no such sample
     */
    public static DataSource data(String name) {
        if (!name.equals(DATA)) {
            throw new LamellaException("sample:" + name, "there is no such sample; there are " + names());
        }
        byte[] images = bytes(IMAGES);
        byte[] labels = bytes(LABELS);
        String source = "sample:" + name;
        return new DataSource(source, IdxDataset.of(source, images, labels), Sha256.ofBytes(images, labels));
    }

    /**
     * Copies the trained networks to a directory, as {@code NAME.zip}; one that is there already is overwritten.
     *
     * @return the files, the shallow network first
     * @throws LamellaException if they cannot be written
     */
    public static List<Path> checkpoints(Path directory) {
        return CHECKPOINTS.stream().map(name -> copy(name + ".zip", directory)).toList();
    }

    private static Path copy(String resource, Path directory) {
        Path target = directory.resolve(resource);
        try {
            Files.createDirectories(directory);
            return Files.write(target, bytes(resource));
        } catch (IOException e) {
            throw new LamellaException(target.toString(), "cannot be written (" + e + ")", e);
        }
    }

    private static byte[] bytes(String resource) {
        try (InputStream in = Samples.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new LamellaException(resource, "is not among this program's resources; build it again");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new LamellaException(resource, "cannot be read from this program's resources (" + e + ")", e);
        }
    }
}
