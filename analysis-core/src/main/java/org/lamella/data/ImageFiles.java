package org.lamella.data;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.lamella.LamellaException;

/**
 * The images under a folder in the order of their names. Each sub-folder is a class, named and numbered in the order of {@link
 * String#compareTo}, with all images beneath it; images in the folder itself have no label. Links are followed. Files and folders
 * that begin with a dot, and files that are no images by their names, are no examples.
 */
final class ImageFiles {
    private static final Set<String> READ = Set.of("png", "jpg", "jpeg");
    private static final Set<String> OTHER =
            Set.of("gif", "bmp", "webp", "tif", "tiff", "ppm", "pgm", "heic", "heif", "avif", "jp2", "jfif", "svg");

    /** By class, then by folder, then by name: the order in which torchvision's ImageFolder has them. */
    private static final Comparator<String> IN_ORDER = Comparator.comparing(ImageFiles::classOf)
            .thenComparing(id -> id.substring(0, id.lastIndexOf('/') + 1))
            .thenComparing(Comparator.naturalOrder());

    private final Path folder;
    private final List<String> ids;
    private final List<String> classes;

    private ImageFiles(Path folder, List<String> ids, List<String> classes) {
        this.folder = folder;
        this.ids = ids;
        this.classes = classes;
    }

    /** @throws LamellaException if there are no images, or images of kinds that are not read, or some with and some without a class */
    static ImageFiles in(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new LamellaException(
                    folder.toString(),
                    Files.exists(folder) ? "is a file, not a folder of images" : "there is no such folder");
        }
        List<String> ids = new ArrayList<>();
        try (Stream<Path> found = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            found.forEach(path -> {
                String id = folder.relativize(path).toString().replace(File.separatorChar, '/');
                if (isImage(folder, id) && Files.isRegularFile(path)) {
                    ids.add(id);
                }
            });
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new LamellaException(folder.toString(), "cannot be listed (" + e.getMessage() + ")", e);
        }
        ids.sort(IN_ORDER);
        List<String> flat = ids.stream().filter(id -> id.indexOf('/') < 0).toList();
        if (ids.isEmpty()) {
            throw new LamellaException(folder.toString(), "has no JPEG or PNG files");
        }
        if (!flat.isEmpty() && flat.size() < ids.size()) {
            throw new LamellaException(
                    folder.toString(),
                    "has images of its own (%s) beside folders of images; put each into the folder of its class"
                            .formatted(flat.get(0)));
        }
        return new ImageFiles(folder, List.copyOf(ids), flat.isEmpty() ? classes(folder) : List.of());
    }

    private static boolean isImage(Path folder, String id) {
        if (id.startsWith(".") || id.contains("/.")) {
            return false;
        }
        String ending = id.substring(id.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (OTHER.contains(ending)) {
            throw new LamellaException(
                    folder.resolve(id).toString(), "JPEG and PNG images are read; convert it, or take it out");
        }
        return READ.contains(ending);
    }

    private static List<String> classes(Path folder) {
        try (Stream<Path> inside = Files.list(folder)) {
            return List.copyOf(new TreeSet<>(inside.filter(Files::isDirectory)
                    .map(path -> path.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .toList()));
        } catch (IOException e) {
            throw new LamellaException(folder.toString(), "cannot be listed (" + e.getMessage() + ")", e);
        }
    }

    /** The first folder of a name; empty where there is none. */
    private static String classOf(String id) {
        return id.substring(0, Math.max(0, id.indexOf('/')));
    }

    int size() {
        return ids.size();
    }

    /** The name relative to the folder, with slashes. */
    String id(int example) {
        return ids.get(example);
    }

    Path path(int example) {
        return folder.resolve(ids.get(example));
    }

    List<String> classes() {
        return classes;
    }

    OptionalInt label(int example) {
        return classes.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(Collections.binarySearch(classes, classOf(ids.get(example))));
    }
}
