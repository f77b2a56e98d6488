package org.lamella.dl4j;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.bytedeco.javacpp.indexer.Bfloat16Indexer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.HalfIndexer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamella.LamellaException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A Deeplearning4j zip: {@code configuration.json}, which is the network's structure, and {@code coefficients.bin}, one long
 * row of its parameters. Nothing else in the zip is read: not the updater's state, and not the entries that
 * Deeplearning4j's own reader would hand to Java's object serialization.
 *
 * @param configuration the network, always as a graph; a chain of layers is a graph too
 * @param parameters how many numbers there are in {@code coefficients.bin}
 */
record Dl4jFile(Path path, ComputationGraphConfiguration configuration, long parameters) implements SavedNetwork {
    private static final String CONFIGURATION = "configuration.json";
    private static final String COEFFICIENTS = "coefficients.bin";

    /** A configuration takes some kilobytes a layer. */
    private static final int LARGEST_CONFIGURATION = 64 << 20;

    /** What deflate can shrink a byte to at most, so that a header cannot claim more than its entry could hold. */
    private static final long DEFLATE_LIMIT = 1032;

    private static final int LONGEST_SHAPE = 100;
    private static final int CHUNK = 1 << 16;

    /** The kinds of numbers in which parameters are stored. */
    private enum Stored {
        FLOAT(4),
        DOUBLE(8),
        HALF(2),
        BFLOAT16(2);

        final int bytes;

        Stored(int bytes) {
            this.bytes = bytes;
        }

        float read(DataInputStream in) throws IOException {
            return switch (this) {
                case FLOAT -> in.readFloat();
                case DOUBLE -> (float) in.readDouble();
                case HALF -> HalfIndexer.toFloat(in.readShort());
                case BFLOAT16 -> Bfloat16Indexer.toFloat(in.readShort());
            };
        }
    }

    /** What precedes the numbers of a buffer that ND4J has written. */
    private record BufferHeader(long length, String type) {
        private static final Set<String> INT_LENGTHS = Set.of("DIRECT", "HEAP", "JAVACPP");
        private static final Set<String> LONG_LENGTHS = Set.of("LONG_SHAPE", "MIXED_DATA_TYPES");

        private static BufferHeader read(DataInputStream in) throws IOException {
            String mode = in.readUTF();
            if (INT_LENGTHS.contains(mode)) {
                return new BufferHeader(in.readInt(), in.readUTF());
            }
            if (LONG_LENGTHS.contains(mode)) {
                return new BufferHeader(in.readLong(), in.readUTF());
            }
            throw new IOException(COEFFICIENTS + " does not begin as ND4J's arrays do");
        }
    }

    /**
     * Reads the structure, and checks that the parameters are there and as many as it needs.
     *
     * @throws LamellaException if it is not such a zip, or is damaged, or holds what is not read
     */
    static Dl4jFile open(Path path) {
        try (ZipFile zip = new ZipFile(path.toFile())) {
            ComputationGraphConfiguration configuration = Dl4jConfiguration.parse(path, configurationText(path, zip));
            long needed = Dl4jConfiguration.parameters(path, configuration);
            if (needed > 0) {
                try (DataInputStream in = coefficients(path, zip)) {
                    skipToNumbers(path, in, entry(path, zip, COEFFICIENTS).getCompressedSize(), needed);
                }
            }
            return new Dl4jFile(path, configuration, needed);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    @Override
    public ComputationGraph restore() {
        ComputationGraphConfiguration own = Dl4jConfiguration.copy(configuration);
        own.setDataType(DataType.FLOAT);
        own.getVertices().values().forEach(Dl4jFile::allowPlainWay);
        INDArray numbers = parameters == 0 ? null : coefficients();
        try {
            ComputationGraph network = new ComputationGraph(own);
            network.init(numbers, false);
            return network;
        } catch (RuntimeException e) {
            if (numbers != null) {
                numbers.close();
            }
            throw new LamellaException(
                    path.toString(), "Deeplearning4j cannot build this network: " + Dl4jConfiguration.firstLine(e), e);
        }
    }

    /** oneDNN refuses some convolutions, the dilated ones; Deeplearning4j then falls back, unless the file forbids it. */
    private static void allowPlainWay(GraphVertex vertex) {
        if (vertex instanceof LayerVertex layer
                && layer.getLayerConf().getLayer() instanceof ConvolutionLayer convolution) {
            convolution.setCudnnAllowFallback(true);
        }
    }

    private INDArray coefficients() {
        INDArray row = Nd4j.createUninitialized(DataType.FLOAT, 1, parameters);
        try (ZipFile zip = new ZipFile(path.toFile());
                DataInputStream in = coefficients(path, zip)) {
            Stored stored =
                    skipToNumbers(path, in, entry(path, zip, COEFFICIENTS).getCompressedSize(), parameters);
            FloatIndexer into = (FloatIndexer) row.data().indexer();
            for (long i = 0; i < parameters; i++) {
                into.put(i, stored.read(in));
            }
            return row;
        } catch (IOException e) {
            row.close();
            throw unreadable(path, e);
        } catch (RuntimeException e) {
            row.close();
            throw e;
        }
    }

    private static String configurationText(Path path, ZipFile zip) throws IOException {
        try (InputStream in = zip.getInputStream(entry(path, zip, CONFIGURATION))) {
            byte[] text = in.readNBytes(LARGEST_CONFIGURATION + 1);
            if (text.length > LARGEST_CONFIGURATION) {
                throw new LamellaException(
                        path.toString(), CONFIGURATION + " is larger than %,d bytes".formatted(LARGEST_CONFIGURATION));
            }
            return new String(text, StandardCharsets.UTF_8);
        }
    }

    private static DataInputStream coefficients(Path path, ZipFile zip) throws IOException {
        return new DataInputStream(new BufferedInputStream(zip.getInputStream(entry(path, zip, COEFFICIENTS)), CHUNK));
    }

    private static ZipEntry entry(Path path, ZipFile zip, String name) {
        ZipEntry entry;
        try {
            entry = zip.getEntry(name);
        } catch (IllegalArgumentException e) { // met on the way to the entry
            throw new LamellaException(
                    path.toString(),
                    "is a damaged zip archive: the name or the comment of an entry is not UTF-8; save it again",
                    e);
        }
        if (entry == null) {
            throw new LamellaException(
                    path.toString(), "a zip without " + name + ", so not a network saved by Deeplearning4j");
        }
        return entry;
    }

    private static Stored skipToNumbers(Path path, DataInputStream in, long compressed, long needed)
            throws IOException {
        BufferHeader shape = BufferHeader.read(in);
        if (shape.length() < 0 || shape.length() > LONGEST_SHAPE) {
            throw new IOException("the shape of its array has " + shape.length() + " numbers");
        }
        in.skipNBytes(shape.length() * (shape.type().equals("LONG") ? Long.BYTES : Integer.BYTES));
        BufferHeader numbers = BufferHeader.read(in);
        Stored stored;
        try {
            stored = Stored.valueOf(numbers.type());
        } catch (IllegalArgumentException e) {
            throw new LamellaException(
                    path.toString(),
                    COEFFICIENTS + " holds numbers of type " + numbers.type() + ", which are not read",
                    e);
        }
        if (numbers.length() != needed) {
            throw new LamellaException(
                    path.toString(),
                    "%s holds %,d parameters, but the layers in %s have %,d"
                            .formatted(COEFFICIENTS, numbers.length(), CONFIGURATION, needed));
        }
        if (needed > compressed * DEFLATE_LIMIT / stored.bytes) {
            throw new LamellaException(
                    path.toString(),
                    "%s announces %,d parameters, more than its %,d bytes can hold; the file is damaged"
                            .formatted(COEFFICIENTS, needed, compressed));
        }
        return stored;
    }

    private static LamellaException unreadable(Path path, IOException e) {
        if (!Files.exists(path)) {
            return new LamellaException(path.toString(), "there is no such file", e);
        }
        if (e instanceof EOFException) {
            return new LamellaException(path.toString(), COEFFICIENTS + " ends too early; the file is cut off", e);
        }
        if (e instanceof ZipException) {
            return new LamellaException(
                    path.toString(), "not a whole zip file (" + e.getMessage() + "); it may be cut off", e);
        }
        return new LamellaException(path.toString(), "cannot be read: " + Dl4jConfiguration.firstLine(e), e);
    }
}
