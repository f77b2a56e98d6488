package org.lamella.samples;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.lamella.data.Dataset;
import org.lamella.data.IdxDataset;
import org.lamella.samples.training.ClassSubset;

/**
 * Cuts a subset of labelled images out of IDX files, with the same number of each class where the original has that. How
 * the images that ship were made: {@code sample-models/README.md}.
 */
final class SampleImages {
    private static final int UNSIGNED_BYTES = 0x0800;

    private SampleImages() {}

    /** Arguments: images, labels, the share of each class to keep, the seed, images to write, labels to write. */
    public static void main(String[] arguments) throws IOException {
        Dataset data = IdxDataset.open(Path.of(arguments[0]), Path.of(arguments[1]));
        int[] chosen = ClassSubset.of(
                data,
                java.util.stream.IntStream.range(0, data.size()).toArray(),
                Double.parseDouble(arguments[2]),
                Long.parseLong(arguments[3]));
        write(data, chosen, Path.of(arguments[4]), Path.of(arguments[5]));
    }

    /** Writes some examples of one-channel images whose pixels are multiples of 1/255, both files gzipped. */
    static void write(Dataset data, int[] examples, Path images, Path labels) throws IOException {
        try (DataOutputStream out = new DataOutputStream(gzip(images))) {
            out.writeInt(UNSIGNED_BYTES | 3);
            out.writeInt(examples.length);
            out.writeInt(data.shape().get(1));
            out.writeInt(data.shape().get(2));
            FloatBuffer pixels = FloatBuffer.allocate(data.features());
            for (int example : examples) {
                data.read(new int[] {example}, pixels.clear());
                for (float pixel : pixels.array()) {
                    out.writeByte(Math.round(pixel * 255));
                }
            }
        }
        try (DataOutputStream out = new DataOutputStream(gzip(labels))) {
            out.writeInt(UNSIGNED_BYTES | 1);
            out.writeInt(examples.length);
            for (int example : examples) {
                out.writeByte(data.label(example).orElseThrow());
            }
        }
    }

    private static OutputStream gzip(Path file) throws IOException {
        return new GZIPOutputStream(Files.newOutputStream(file)) {
            {
                def.setLevel(Deflater.BEST_COMPRESSION);
            }
        };
    }
}
