package org.lamella.fuzz;

import io.jhdf.checksum.ChecksumUtils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the checksums of an HDF5 file of version 1.10 lie: each part begins with four letters and ends with the checksum of all
 * before it. How long a part is need not be known: it is as long as its checksum is right.
 */
final class Hdf5Checksums {
    private static final String[] SIGNATURES = {
        "\u0089HDF",
        "OHDR",
        "OCHK",
        "FRHP",
        "FHDB",
        "FHIB",
        "BTHD",
        "BTLF",
        "BTIN",
        "FAHD",
        "FADB",
        "EAHD",
        "EADB",
        "EASB"
    };
    private static final int LONGEST = 2048;

    private static final Map<ByteBuffer, List<Part>> FOUND = new HashMap<>();

    private record Part(int start, int length) {}

    private Hdf5Checksums() {}

    static boolean isHdf5(byte[] bytes) {
        return bytes.length > 520 && (startsWith(bytes, 0, "\u0089HDF") || startsWith(bytes, 512, "\u0089HDF"));
    }

    /** Makes checksums right again in a damaged file, where its parts still begin at the places that they have in the good one. */
    static void repair(byte[] damaged, byte[] good) {
        List<Part> parts;
        synchronized (FOUND) {
            parts = FOUND.computeIfAbsent(ByteBuffer.wrap(good), bytes -> parts(good));
        }
        for (Part part : parts) {
            int end = part.start + part.length;
            if (end + Integer.BYTES <= damaged.length
                    && Arrays.equals(damaged, part.start, part.start + 4, good, part.start, part.start + 4)) {
                ByteBuffer.wrap(damaged)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(end, checksum(damaged, part.start, part.length));
            }
        }
    }

    private static List<Part> parts(byte[] bytes) {
        List<Part> parts = new ArrayList<>();
        for (int start = 0; start < bytes.length; start++) {
            for (String signature : SIGNATURES) {
                if (startsWith(bytes, start, signature)) {
                    for (int length = 8;
                            length <= LONGEST && start + length + Integer.BYTES <= bytes.length;
                            length++) {
                        int stored = ByteBuffer.wrap(bytes)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .getInt(start + length);
                        if (stored == checksum(bytes, start, length)) {
                            parts.add(new Part(start, length));
                            break;
                        }
                    }
                }
            }
        }
        return parts;
    }

    private static boolean startsWith(byte[] bytes, int start, String signature) {
        byte[] letters = signature.getBytes(StandardCharsets.ISO_8859_1);
        return start + letters.length <= bytes.length
                && Arrays.equals(bytes, start, start + letters.length, letters, 0, letters.length);
    }

    private static int checksum(byte[] bytes, int start, int length) {
        return ChecksumUtils.checksum(Arrays.copyOfRange(bytes, start, start + length));
    }
}
