package org.lamella.array;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lamella.LamellaException;

/**
 * Reads a .safetensors file: eight bytes with the length of a head in JSON, the head, and the numbers of all tensors one
 * after the other, in C order and little endian. Tensors come in the order of their bytes.
 */
final class Safetensors {
    private static final int LENGTH_BYTES = Long.BYTES;

    /** The format's own limit. */
    private static final long LONGEST_HEAD = 100_000_000;

    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();

    private static final Map<String, ElementType> TYPES = Map.of(
            "F16", ElementType.FLOAT16,
            "BF16", ElementType.BFLOAT16,
            "F32", ElementType.FLOAT32,
            "F64", ElementType.FLOAT64,
            "I8", ElementType.INT8,
            "U8", ElementType.UINT8,
            "I16", ElementType.INT16,
            "I32", ElementType.INT32,
            "I64", ElementType.INT64);

    /** A tensor of the head; its bytes are counted from the end of the head. */
    private record Tensor(String name, String type, List<Long> shape, long begin, long end) {}

    private Safetensors() {}

    /** Whether a file starts as one: a length that fits the file, and a brace. */
    static boolean matches(FileChannel file) throws IOException {
        long length = headLength(file);
        ByteBuffer brace = ByteBuffer.allocate(1);
        return length >= 2
                && length <= file.size() - LENGTH_BYTES
                && file.read(brace, LENGTH_BYTES) == 1
                && brace.get(0) == '{';
    }

    private static long headLength(FileChannel file) throws IOException {
        ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return file.read(length, 0) < LENGTH_BYTES ? -1 : length.getLong(0);
    }

    static void read(Path path, FileChannel file, ArrayFile into) throws IOException {
        long length = headLength(file);
        if (length > LONGEST_HEAD) {
            throw new LamellaException(
                    path.toString(), "its head of %,d bytes is longer than the format allows".formatted(length));
        }
        long start = LENGTH_BYTES + length;
        List<Tensor> tensors = tensors(path, head(path, file, (int) length));
        tensors.sort(Comparator.comparingLong(Tensor::begin).thenComparingLong(Tensor::end));
        requireCovered(path, tensors, file.size() - start);
        for (Tensor tensor : tensors) {
            String where = path + ", tensor '" + tensor.name() + "'";
            Optional<ElementType> type = Optional.ofNullable(TYPES.get(tensor.type()));
            if (type.isEmpty()) {
                into.leaveOut(tensor.name(), "holds " + tensor.type() + ", which is not a number format that is read");
                continue;
            }
            into.add(tensor.name(), where, type.get(), ByteOrder.LITTLE_ENDIAN, tensor.shape(), form -> {
                if (form.bytes() != tensor.end() - tensor.begin()) {
                    throw new LamellaException(
                            where,
                            "shape %s of %s needs %,d bytes, but its offsets have %,d"
                                    .formatted(
                                            tensor.shape(),
                                            tensor.type(),
                                            form.bytes(),
                                            tensor.end() - tensor.begin()));
                }
                return new RowMajorArray(form, Bytes.of(file, start + tensor.begin(), form));
            });
        }
        if (tensors.isEmpty()) {
            throw new LamellaException(path.toString(), "holds no tensors");
        }
    }

    private static JsonNode head(Path path, FileChannel file, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && file.read(bytes, LENGTH_BYTES + bytes.position()) >= 0) {}
        try {
            return JSON.readTree(bytes.array());
        } catch (JsonProcessingException e) {
            throw new LamellaException(
                    path.toString(), "the head of its safetensors is not right: " + e.getOriginalMessage(), e);
        }
    }

    private static List<Tensor> tensors(Path path, JsonNode head) {
        List<Tensor> tensors = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : head.properties()) {
            if (!field.getKey().equals("__metadata__")) {
                tensors.add(tensor(path + ", tensor '" + field.getKey() + "'", field.getKey(), field.getValue()));
            }
        }
        return tensors;
    }

    private static Tensor tensor(String where, String name, JsonNode json) {
        List<Long> offsets = numbers(where, "data_offsets", json);
        if (!json.path("dtype").isTextual() || offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
            throw new LamellaException(where, "has no dtype, or no offsets that begin before they end");
        }
        return new Tensor(
                name, json.path("dtype").textValue(), numbers(where, "shape", json), offsets.get(0), offsets.get(1));
    }

    private static List<Long> numbers(String where, String field, JsonNode json) {
        List<Long> numbers = new ArrayList<>();
        for (JsonNode number : json.path(field)) {
            if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
                throw new LamellaException(where, "its " + field + " has a member that is no length");
            }
            numbers.add(number.longValue());
        }
        if (!json.path(field).isArray()) {
            throw new LamellaException(where, "has no " + field);
        }
        return numbers;
    }

    /** Tensors fill the file: none over another, none behind its end, and nothing in between, as the format demands. */
    private static void requireCovered(Path path, List<Tensor> tensors, long bytes) {
        long covered = 0;
        String before = "the head";
        for (Tensor tensor : tensors) {
            if (tensor.begin() != covered) {
                throw new LamellaException(
                        path.toString(),
                        "tensor '%s' begins at byte %,d, but %s ends at %,d: they must follow each other"
                                .formatted(tensor.name(), tensor.begin(), before, covered));
            }
            covered = tensor.end();
            before = "tensor '" + tensor.name() + "'";
        }
        if (covered != bytes) {
            throw new LamellaException(
                    path.toString(),
                    "%s: its tensors have %,d bytes and the file has %,d for them"
                            .formatted(
                                    covered > bytes ? "is truncated" : "has bytes after its tensors", covered, bytes));
        }
    }
}
