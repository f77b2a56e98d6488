package org.lamella.array;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/** An array in C order, mapped into memory in pieces of whole rows. */
final class MappedRows extends FormedArray {
    /** A mapping cannot pass 2^31 bytes; a piece of more than one row stays below this. */
    static final long LARGEST_PIECE = 1L << 30;

    private final int rowLength;
    private final int rowBytes;
    private final int rowsPerPiece;
    private final List<ByteBuffer> pieces = new ArrayList<>();
    private final List<BytePointer> pointers = new ArrayList<>();

    /**
     * @param start byte in the file of the first number; the file has all the bytes that the form needs
     * @param largestPiece in bytes
     */
    MappedRows(FileChannel file, ArrayForm form, long start, long largestPiece) throws IOException {
        super(form);
        this.rowLength = form.rowLength();
        this.rowBytes = Math.toIntExact(form.rowBytes());
        this.rowsPerPiece = (int) Math.max(1, Math.min(Math.max(form.rows(), 1), largestPiece / Math.max(1, rowBytes)));
        long pieceBytes = (long) rowsPerPiece * rowBytes;
        for (long at = 0; at < form.bytes(); at += pieceBytes) {
            ByteBuffer piece = file.map(
                            FileChannel.MapMode.READ_ONLY, start + at, Math.min(pieceBytes, form.bytes() - at))
                    .order(form.order());
            pieces.add(piece);
            pointers.add(new BytePointer(piece));
        }
    }

    /** Numbers that are in memory already, all in one piece. */
    MappedRows(ArrayForm form, ByteBuffer numbers) {
        super(form);
        this.rowLength = form.rowLength();
        this.rowBytes = Math.toIntExact(form.rowBytes());
        this.rowsPerPiece = Math.max(1, form.rows());
        ByteBuffer piece = numbers.slice().order(form.order());
        pieces.add(piece);
        pointers.add(new BytePointer(piece));
    }

    @Override
    public Optional<FloatPointer> view(int firstRow, int count) {
        int piece = firstRow / rowsPerPiece;
        boolean asIs = form.type() == ElementType.FLOAT32 && form.order() == ByteOrder.nativeOrder();
        if (!asIs || rowLength == 0 || (firstRow + count - 1) / rowsPerPiece != piece) {
            return Optional.empty();
        }
        long offset = (long) (firstRow - piece * rowsPerPiece) * rowBytes;
        return Optional.of(new FloatPointer(pointers.get(piece).getPointer(offset)));
    }

    @Override
    public void read(int[] wanted, FloatBuffer into) {
        float[] row = new float[rowLength];
        for (int index : wanted) {
            if (rowLength > 0) {
                form.type().read(pieces.get(index / rowsPerPiece), index % rowsPerPiece * rowBytes, row, 0, rowLength);
            }
            into.put(row);
        }
    }

    @Override
    public double readDouble(int row, int column) {
        int at = row % rowsPerPiece * rowBytes + column * form.type().size();
        return form.type().readDouble(pieces.get(row / rowsPerPiece), at);
    }
}
