package org.lamella.data;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;

/** Opens data sets by the name a user gives: {@code KIND:PATH}. */
public final class Datasets {
    private static final String KINDS =
            "idx:IMAGES,LABELS, cifar10:DIR, npz:FILE (arrays x and y), npy:FILE, text:FILE, sample:NAME";

    private Datasets() {}

    /**
     * Opens {@code idx:IMAGES,LABELS}, {@code cifar10:DIR}, {@code npz:FILE}, {@code npy:FILE} or {@code text:FILE}.
     *
     * @throws LamellaException if the kind is not known, or the files are not what it says
     */
    public static DataSource open(String source) {
        int colon = source.indexOf(':');
        String kind = colon < 0 ? "" : source.substring(0, colon);
        String path = source.substring(colon + 1);
        return switch (kind) {
            case "idx" -> {
                List<Path> files =
                        List.of(path.split(",")).stream().map(Path::of).toList();
                if (files.isEmpty() || files.size() > 2) {
                    throw new LamellaException("--data " + source, "idx takes images and labels: idx:IMAGES,LABELS");
                }
                Dataset dataset = idx(files.get(0), files.size() == 2 ? files.get(1) : null);
                yield new DataSource(source, dataset, Sha256.of(files));
            }
            case "cifar10" ->
                new DataSource(source, cifar10(Path.of(path)), Sha256.of(Cifar10Dataset.filesOf(Path.of(path))));
            case "npz" -> new DataSource(source, npz(Path.of(path)), Sha256.of(List.of(Path.of(path))));
            case "npy" -> new DataSource(source, npy(Path.of(path)), Sha256.of(List.of(Path.of(path))));
            case "text" -> new DataSource(source, text(Path.of(path)), Sha256.of(List.of(Path.of(path))));
            default ->
                throw new LamellaException(
                        "--data " + source, "is no data set; data are named by kind and path: " + KINDS);
        };
    }

    /** Images in the IDX form of MNIST, plain or gzipped, pixels from 0 to 1. */
    public static Dataset idx(Path images, @Nullable Path labels) {
        return IdxDataset.open(images, labels);
    }

    /** CIFAR-10 in its binary form, a folder or one file, pixels from 0 to 1. */
    public static Dataset cifar10(Path path) {
        return Cifar10Dataset.open(path);
    }

    /** Array {@code x} of an archive, with labels in {@code y} where there is one. */
    public static Dataset npz(Path file) {
        return ArrayDataset.npz(file);
    }

    /** The rows of one array. */
    public static Dataset npy(Path file) {
        return ArrayDataset.npy(file);
    }

    /** The lines of a file in UTF-8, plain or gzipped; where every line has a tab, a label before it. */
    public static TextDataset text(Path file) {
        return TextFile.open(file);
    }
}
