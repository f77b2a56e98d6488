package org.lamella.array;

import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.dataset.DatasetBase;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;

/**
 * Reads the data sets of an HDF5 file, at any depth: data set b of group a is array a/b. They come in the order of their
 * headers in the file, in which they were made. Links to other files are not followed, nor links to other places of the
 * same one, so that nothing comes twice.
 */
final class Hdf5Arrays {
    private static final int DEEPEST = 64;
    private static final int MOST_DATASETS = 100_000;

    private final Path path;
    private final ArrayFile into;
    private final Set<Long> visited = new HashSet<>();
    private final List<Dataset> datasets = new ArrayList<>();

    private Hdf5Arrays(Path path, ArrayFile into) {
        this.path = path;
        this.into = into;
    }

    static void read(Path path, FileChannel channel, ArrayFile into) throws IOException {
        Hdf5File file = Hdf5File.open(path);
        into.hold(file);
        Hdf5File.guarded(path.toString(), () -> {
            var reader = new Hdf5Arrays(path, into);
            reader.collect(file.root(), 0);
            reader.datasets.sort(Comparator.comparingLong(Dataset::getAddress));
            for (Dataset dataset : reader.datasets) {
                reader.add(dataset, channel, file.userBlock());
            }
            return true;
        });
        if (into.arrays().isEmpty() && into.unread().isEmpty()) {
            throw new LamellaException(path.toString(), "holds no data sets");
        }
    }

    private void collect(Group group, int depth) {
        if (depth > DEEPEST) {
            throw new LamellaException(path.toString(), "its groups lie more than " + DEEPEST + " deep");
        }
        for (Node node : group.getChildren().values()) {
            String name = node.getPath().replaceAll("^/|/$", "");
            if (node.isLink()) {
                into.leaveOut(name, "is a link to another place, which is not followed");
            } else if (visited.add(node.getAddress())) {
                if (node instanceof Group inner) {
                    collect(inner, depth + 1);
                } else if (node instanceof Dataset dataset) {
                    datasets.add(dataset);
                }
            } else {
                into.leaveOut(name, "is another name of something that is in the file already");
            }
            if (visited.size() > MOST_DATASETS) {
                throw new LamellaException(path.toString(), "has more than %,d data sets".formatted(MOST_DATASETS));
            }
        }
    }

    private void add(Dataset dataset, FileChannel channel, long userBlock) throws IOException {
        String name = dataset.getPath().substring(1);
        String where = path + ", data set '" + name + "'";
        ElementType type = typeOf(dataset.getDataType());
        if (type == null || !(dataset instanceof DatasetBase base)) {
            into.leaveOut(
                    name,
                    "holds " + dataset.getDataType().getClass().getSimpleName() + " of "
                            + dataset.getDataType().getSize() + " bytes, which are not numbers that are read");
            return;
        }
        if (Hdf5Chunks.count(base) > channel.size()) {
            into.leaveOut(
                    name,
                    "is said to have %,.0f chunks, more than the file has bytes: they were never written, or it is damaged"
                            .formatted(Hdf5Chunks.count(base)));
            return;
        }
        Hdf5Chunks.requireSensible(where, base, channel.size());
        if (dataset.isEmpty() && dataset.getSize() > 0) {
            into.leaveOut(name, "has a shape, but nothing was written into it");
            return;
        }
        List<Long> shape = Arrays.stream(dataset.getDimensionsAsLong()).boxed().toList();
        into.add(name, where, type, orderOf(dataset.getDataType()), shape, form -> {
            if (dataset instanceof ContiguousDataset contiguous) {
                long start = Math.addExact(contiguous.getDataAddress(), userBlock);
                form.requireBytes(start < 0 ? 0 : channel.size() - start);
                return new RowMajorArray(form, Bytes.of(channel, start, form));
            }
            if (dataset instanceof ChunkedDataset) {
                form.requireBytes(Math.min(base.getStorageInBytes(), channel.size()) * BoundedFilter.MOST_PACKED);
                return new Hdf5Chunks(form, base);
            }
            ByteBuffer inHeader = base.getDataBuffer();
            form.requireBytes(inHeader.remaining());
            return new RowMajorArray(form, new Bytes.Mapped(inHeader.slice()));
        });
    }

    private static @Nullable ElementType typeOf(DataType type) {
        if (type instanceof FloatingPoint number) {
            return switch (number.getSize()) {
                case 2 ->
                    switch (number.getExponentSize()) {
                        case 5 -> ElementType.FLOAT16;
                        case 8 -> ElementType.BFLOAT16;
                        default -> null;
                    };
                case 4 -> number.getExponentSize() == 8 ? ElementType.FLOAT32 : null;
                case 8 -> number.getExponentSize() == 11 ? ElementType.FLOAT64 : null;
                default -> null;
            };
        }
        if (type instanceof FixedPoint number) {
            return switch (number.getSize()) {
                case 1 -> number.isSigned() ? ElementType.INT8 : ElementType.UINT8;
                case 2 -> number.isSigned() ? ElementType.INT16 : null;
                case 4 -> number.isSigned() ? ElementType.INT32 : null;
                case 8 -> number.isSigned() ? ElementType.INT64 : null;
                default -> null;
            };
        }
        return null;
    }

    private static ByteOrder orderOf(DataType type) {
        if (type instanceof FloatingPoint number) {
            return number.getByteOrder();
        }
        return type instanceof FixedPoint number ? number.getByteOrder() : ByteOrder.LITTLE_ENDIAN;
    }
}
