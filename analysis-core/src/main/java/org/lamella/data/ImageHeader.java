package org.lamella.data;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.lamella.LamellaException;

/**
 * What a PNG or JPEG file says about its image, read before anything is decoded.
 *
 * @param width as stored, before it is turned
 * @param height likewise
 * @param channels numbers in a pixel as stored: 1 grey, 2 grey and alpha, 3 colours, 4 colours and alpha, or CMYK; a palette is 3
 * @param orientation how to turn it upright, from 1 (not at all) to 8, as EXIF has it
 * @param colours what the channels of a JPEG are
 */
record ImageHeader(Format format, int width, int height, int channels, int orientation, Colours colours) {
    private static final long LARGEST = 100_000_000;

    /** What deflate can shrink a byte to at most. */
    private static final long DEFLATE_LIMIT = 1032;

    private static final Set<Integer> PNG_DEPTHS = Set.of(1, 2, 4, 8, 16);

    /** Pixels of a block of JPEG, for each of which the file must have two bits at least (one in a progressive one). */
    private static final long JPEG_LIMIT = 512;

    /** A progressive JPEG has about ten passes; decoding takes as long as there are passes. */
    private static final int MOST_SCANS = 100;

    enum Format {
        PNG,
        JPEG
    }

    enum Colours {
        AS_THEY_ARE,
        YCBCR,
        CMYK,
        CMYK_INVERTED,
        YCCK_INVERTED
    }

    /** Whether it has brightness only. */
    boolean isGrey() {
        return channels <= 2;
    }

    private boolean isTurnedAside() {
        return orientation >= 5;
    }

    /** Width of the image turned upright. */
    int uprightWidth() {
        return isTurnedAside() ? height : width;
    }

    /** Height of the image turned upright. */
    int uprightHeight() {
        return isTurnedAside() ? width : height;
    }

    /**
     * @param where the file, for messages
     * @throws LamellaException if it is neither of the two, or claims more pixels than it could hold or than are read
     */
    static ImageHeader of(String where, byte[] file) {
        ByteBuffer in = ByteBuffer.wrap(file);
        try {
            if (file.length > 8 && in.getLong(0) == 0x89504e470d0a1a0aL) {
                return png(where, in);
            }
            if (file.length > 2 && in.getShort(0) == (short) 0xffd8) {
                return jpeg(where, in);
            }
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new LamellaException(where, "is cut off in its header", e);
        }
        throw new LamellaException(where, "is neither a PNG nor a JPEG image");
    }

    private static ImageHeader png(String where, ByteBuffer in) {
        int width = in.getInt(16);
        int height = in.getInt(20);
        int depth = in.get(24);
        int channels = switch (in.get(25)) {
            case 0 -> 1;
            case 2, 3 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> throw new LamellaException(where, "is a damaged PNG: colour type " + in.get(25));
        };
        if (!PNG_DEPTHS.contains(depth)) {
            throw new LamellaException(where, "is a damaged PNG: %d bits a sample".formatted(depth));
        }
        int stored = in.get(25) == 3 ? 1 : channels;
        long bytes = requireSize(where, width, height) * stored * depth / 8;
        requireHeld(where, width, height, bytes <= in.capacity() * DEFLATE_LIMIT);
        return new ImageHeader(Format.PNG, width, height, channels, pngOrientation(in), Colours.AS_THEY_ARE);
    }

    private static int pngOrientation(ByteBuffer in) {
        int at = 8;
        while (at >= 8 && at + 8L <= in.capacity()) {
            int length = in.getInt(at);
            int type = in.getInt(at + 4);
            boolean pixels = type == 0x49444154; // IDAT
            if (pixels || length < 0) {
                break;
            }
            if (type == 0x65584966) { // eXIf
                return orientation(in.slice(at + 8, Math.min(length, in.capacity() - at - 8)));
            }
            at = (int) Math.min(Integer.MAX_VALUE, at + 12L + length);
        }
        return 1;
    }

    private static ImageHeader jpeg(String where, ByteBuffer in) {
        int adobe = -1;
        boolean jfif = false;
        int orientation = 1;
        ByteBuffer frame = null;
        for (int at = 2; ; ) {
            if (in.get(at) != (byte) 0xff) {
                throw new LamellaException(where, "is a damaged JPEG: no marker at byte " + at);
            }
            int marker = Byte.toUnsignedInt(in.get(at + 1));
            if (marker == 0xff) {
                at++;
                continue;
            }
            if (marker == 0xda || marker == 0xd9) {
                break;
            }
            int length = Short.toUnsignedInt(in.getShort(at + 2));
            ByteBuffer segment = in.slice(at + 4, length - 2);
            if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
                if (marker > 0xc2) {
                    throw new LamellaException(
                            where,
                            "is a lossless or arithmetic-coded JPEG, which is not read; save it as a common one");
                }
                frame = segment;
            } else if (marker == 0xe0 && startsWith(segment, "JFIF")) {
                jfif = true;
            } else if (marker == 0xe1 && startsWith(segment, "Exif\0\0")) {
                orientation = orientation(segment.slice(6, segment.capacity() - 6));
            } else if (marker == 0xee && startsWith(segment, "Adobe") && segment.capacity() >= 12) {
                adobe = segment.get(11);
            }
            at += 2 + length;
        }
        if (frame == null) {
            throw new LamellaException(where, "is a damaged JPEG: it does not say its size");
        }
        int height = Short.toUnsignedInt(frame.getShort(1));
        int width = Short.toUnsignedInt(frame.getShort(3));
        int channels = frame.get(5);
        if (frame.get(0) != 8 || (channels != 1 && channels != 3 && channels != 4)) {
            throw new LamellaException(
                    where,
                    "is a JPEG of %d channels of %d bits; read are 1, 3 or 4 of 8".formatted(channels, frame.get(0)));
        }
        long pixels = requireSize(where, width, height);
        requireHeld(where, width, height, pixels <= in.capacity() * JPEG_LIMIT);
        requireFewScans(where, in);
        return new ImageHeader(
                Format.JPEG, width, height, channels, orientation, colours(channels, adobe, jfif, frame));
    }

    // As libjpeg tells them.
    private static Colours colours(int channels, int adobe, boolean jfif, ByteBuffer frame) {
        if (channels == 3) {
            boolean named = frame.get(6) == 'R' && frame.get(9) == 'G' && frame.get(12) == 'B';
            return !jfif && (adobe == 0 || (adobe < 0 && named)) ? Colours.AS_THEY_ARE : Colours.YCBCR;
        }
        if (channels == 4) {
            return adobe == 2 ? Colours.YCCK_INVERTED : adobe >= 0 ? Colours.CMYK_INVERTED : Colours.CMYK;
        }
        return Colours.AS_THEY_ARE;
    }

    private static void requireFewScans(String where, ByteBuffer in) {
        int scans = 0;
        for (int at = 0; at + 1 < in.capacity(); at++) {
            scans += in.getShort(at) == (short) 0xffda ? 1 : 0;
        }
        if (scans > MOST_SCANS) {
            throw new LamellaException(
                    where, "is a JPEG of %d passes, more than the %d that are read".formatted(scans, MOST_SCANS));
        }
    }

    private static long requireSize(String where, int width, int height) {
        if (width <= 0 || height <= 0) {
            throw new LamellaException(where, "says that it is %d x %d pixels".formatted(height, width));
        }
        long pixels = (long) width * height;
        if (pixels > LARGEST) {
            throw new LamellaException(
                    where,
                    "says that it is %,d x %,d pixels, more than the %,d that are read"
                            .formatted(height, width, LARGEST));
        }
        return pixels;
    }

    private static void requireHeld(String where, int width, int height, boolean held) {
        if (!held) {
            throw new LamellaException(
                    where,
                    "says that it is %,d x %,d pixels, more than a file of its length can hold: it is cut off or damaged"
                            .formatted(height, width));
        }
    }

    private static boolean startsWith(ByteBuffer segment, String text) {
        byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
        if (segment.capacity() < wanted.length) {
            return false;
        }
        return segment.slice(0, wanted.length).equals(ByteBuffer.wrap(wanted));
    }

    /** The orientation in EXIF data (a TIFF directory); 1 where it is missing or broken, as viewers take it. */
    private static int orientation(ByteBuffer exif) {
        try {
            ByteBuffer tiff = exif.order(exif.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            int directory = tiff.getInt(4);
            int entries = Short.toUnsignedInt(tiff.getShort(directory));
            for (int entry = 0; entry < entries; entry++) {
                int at = directory + 2 + 12 * entry;
                if (tiff.getShort(at) == 0x0112) {
                    int value = tiff.getShort(at + 8);
                    return value >= 1 && value <= 8 ? value : 1;
                }
            }
        } catch (IndexOutOfBoundsException e) {
            return 1;
        }
        return 1;
    }
}
