package org.lamella.data;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;

/** Opens data sets by the name a user gives: {@code KIND:PATH}. */
public final class Datasets {
    private static final String KINDS =
            "idx:IMAGES,LABELS, cifar10:DIR, cifar100:DIR, cifar100-coarse:DIR, images:DIR, npz:FILE, npy:FILE, csv:FILE,"
                    + " text:FILE, sample:NAME";

    private Datasets() {}

    /**
     * Opens {@code idx:IMAGES,LABELS}, {@code cifar10:DIR}, {@code cifar100:DIR} (with the 100 fine labels) or {@code
     * cifar100-coarse:DIR} (with the 20 coarse ones), {@code images:DIR}, {@code npz:FILE}, {@code npy:FILE}, {@code csv:FILE} or
     * {@code text:FILE}. Costs one reading of all the files, for their SHA-256.
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
            case "cifar10" -> cifar(source, CifarDataset.Kind.CIFAR10, Path.of(path));
            case "cifar100" -> cifar(source, CifarDataset.Kind.CIFAR100, Path.of(path));
            case "cifar100-coarse" -> cifar(source, CifarDataset.Kind.CIFAR100_COARSE, Path.of(path));
            case "images" -> {
                ImageFolder folder = ImageFolder.open(Path.of(path));
                yield new DataSource(source, folder, folder.sha256());
            }
            case "npz" -> ofFile(source, npz(Path.of(path)), path);
            case "npy" -> ofFile(source, npy(Path.of(path)), path);
            case "csv" -> ofFile(source, csv(Path.of(path)), path);
            case "text" -> ofFile(source, text(Path.of(path)), path);
            default ->
                throw new LamellaException(
                        "--data " + source, "is no data set; data are named by kind and path: " + KINDS);
        };
    }

    private static DataSource ofFile(String source, Examples examples, String path) {
        return new DataSource(source, examples, Sha256.of(List.of(Path.of(path))));
    }

    private static DataSource cifar(String source, CifarDataset.Kind kind, Path path) {
        return new DataSource(source, CifarDataset.open(kind, path), Sha256.of(kind.filesOf(path)));
    }

    /** Images in the IDX form of MNIST, plain or gzipped, pixels from 0 to 1. */
    public static Dataset idx(Path images, @Nullable Path labels) {
        return IdxDataset.open(images, labels);
    }

    /** CIFAR-10 in its binary form, a folder or one file, pixels from 0 to 1. */
    public static Dataset cifar10(Path path) {
        return CifarDataset.open(CifarDataset.Kind.CIFAR10, path);
    }

    /** CIFAR-100 in its binary form with its 100 fine labels, a folder or one file, pixels from 0 to 1. */
    public static Dataset cifar100(Path path) {
        return CifarDataset.open(CifarDataset.Kind.CIFAR100, path);
    }

    /**
     * The JPEG and PNG files of a folder, a sub-folder a class, or all in the folder itself and without labels. They are read when
     * they are needed. If they differ in size, the result must be {@linkplain Dataset#resized resized} before its shape is asked
     * for.
     */
    public static Dataset images(Path folder) {
        return ImageFolder.open(folder);
    }

    /**
     * Array {@code x} of an archive, with labels in {@code y} where there are any; all arrays by their names where there are
     * others, for models of several inputs.
     */
    public static Examples npz(Path file) {
        return ArrayDataset.npz(file);
    }

    /** The rows of one array. */
    public static Dataset npy(Path file) {
        return ArrayDataset.npy(file);
    }

    /** The lines of a table with a header, plain or gzipped: column {@code label} is the class, the others are numbers. */
    public static Dataset csv(Path file) {
        return CsvDataset.open(file);
    }

    /** The lines of a file in UTF-8, plain or gzipped; where every line has a tab, a label before it. */
    public static TextDataset text(Path file) {
        return TextFile.open(file);
    }
}
