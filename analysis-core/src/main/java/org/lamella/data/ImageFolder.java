package org.lamella.data;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;

/**
 * The JPEG and PNG files of a folder. Only names, sizes and fingerprints are held; images are read and decoded when they are asked
 * for, side by side. They have one channel if all files are grey, else three.
 */
final class ImageFolder implements Dataset {
    private static final long LARGEST_FILE = 256L << 20;

    private final Path folder;
    private final ImageFiles files;
    private final List<Image> images;
    private final int channels;
    private final @Nullable Resize resize;

    private record Image(ImageHeader header, String sha256) {}

    private ImageFolder(Path folder, ImageFiles files, List<Image> images, int channels, @Nullable Resize resize) {
        this.folder = folder;
        this.files = files;
        this.images = images;
        this.channels = channels;
        this.resize = resize;
    }

    /**
     * Lists the images. Costs one reading of every file, for its fingerprint; nothing is decoded.
     *
     * @throws LamellaException if there are none, or one is no image by its header
     */
    static ImageFolder open(Path folder) {
        ImageFiles files = ImageFiles.in(folder);
        List<Image> images = IntStream.range(0, files.size())
                .parallel()
                .mapToObj(i -> {
                    byte[] bytes = bytes(files.path(i));
                    return new Image(ImageHeader.of(files.path(i).toString(), bytes), Sha256.ofBytes(bytes));
                })
                .toList();
        boolean grey = images.stream().allMatch(image -> image.header().isGrey());
        return new ImageFolder(folder, files, images, grey ? 1 : 3, null);
    }

    private static byte[] bytes(Path file) {
        try {
            long size = Files.size(file);
            if (size > LARGEST_FILE) {
                throw new LamellaException(
                        file.toString(), "has %,d bytes, more than an image is taken to have".formatted(size));
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be read (" + e + ")", e);
        }
    }

    /** SHA-256 of the listing that {@code sha256sum} makes of the files in order: a digest, two spaces and a name a line. */
    String sha256() {
        var listing = new StringBuilder();
        for (int i = 0; i < images.size(); i++) {
            listing.append(images.get(i).sha256())
                    .append("  ")
                    .append(files.id(i))
                    .append('\n');
        }
        return Sha256.ofBytes(listing.toString().getBytes(StandardCharsets.UTF_8));
    }

    int channels() {
        return channels;
    }

    /** Whether every image has the size that a model takes. */
    boolean isOf(ImageShape wanted) {
        return images.stream()
                .allMatch(image -> image.header().uprightHeight() == wanted.height()
                        && image.header().uprightWidth() == wanted.width());
    }

    @Override
    public Dataset resized(Resize to) {
        return resize == null ? new ImageFolder(folder, files, images, channels, to) : new ResizedDataset(this, to);
    }

    @Override
    public Dataset withChannels(int wanted) {
        return wanted == 1 || wanted == 3
                ? new ImageFolder(folder, files, images, wanted, resize)
                : new ChannelsDataset(this, wanted);
    }

    @Override
    public String name() {
        return "images:" + folder;
    }

    @Override
    public int size() {
        return images.size();
    }

    /** @throws LamellaException if the images differ in size and are not resized */
    @Override
    public List<Integer> shape() {
        if (resize != null) {
            return List.of(channels, resize.cropHeight(), resize.cropWidth());
        }
        ImageHeader first = images.get(0).header();
        for (int i = 1; i < images.size(); i++) {
            ImageHeader other = images.get(i).header();
            if (other.uprightHeight() != first.uprightHeight() || other.uprightWidth() != first.uprightWidth()) {
                throw new LamellaException(
                        name(),
                        "its images differ in size (%s is %d x %d, %s is %d x %d); --resize N gives them one"
                                .formatted(
                                        files.id(0),
                                        first.uprightHeight(),
                                        first.uprightWidth(),
                                        files.id(i),
                                        other.uprightHeight(),
                                        other.uprightWidth()));
            }
        }
        return List.of(channels, first.uprightHeight(), first.uprightWidth());
    }

    @Override
    public void read(int[] examples, FloatBuffer into) {
        int start = into.position();
        int length = features();
        IntStream.range(0, examples.length).parallel().forEach(i -> into.put(start + i * length, pixels(examples[i])));
        into.position(start + examples.length * length);
    }

    private float[] pixels(int example) {
        String where = files.path(example).toString();
        byte[] bytes = bytes(files.path(example));
        ImageHeader header = ImageHeader.of(where, bytes);
        if (!header.equals(images.get(example).header())) {
            throw new LamellaException(where, "was changed while it was in use");
        }
        DecodedImage image = DecodedImage.of(where, bytes, header, channels);
        return resize == null ? unscaled(image) : Resampling.resized(image, resize);
    }

    private static float[] unscaled(PixelRows image) {
        int width = image.width();
        float[] pixels = new float[image.channels() * image.height() * width];
        float[] row = new float[image.channels() * width];
        for (int y = 0; y < image.height(); y++) {
            image.read(y, row);
            for (int channel = 0; channel < image.channels(); channel++) {
                System.arraycopy(row, channel * width, pixels, (channel * image.height() + y) * width, width);
            }
        }
        return pixels;
    }

    @Override
    public OptionalInt label(int example) {
        return files.label(example);
    }

    @Override
    public List<String> classes() {
        return files.classes();
    }

    @Override
    public String id(int example) {
        return files.id(example);
    }
}
