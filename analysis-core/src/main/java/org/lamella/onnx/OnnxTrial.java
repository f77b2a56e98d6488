package org.lamella.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What came out of one run.
 *
 * @param inputs shapes of what was fed, with all axes, by the input's name
 * @param outputs by the tensor's name; what is not a tensor is missing
 */
record OnnxTrial(int batch, Map<String, List<Long>> inputs, Map<String, TensorInfo> outputs) {
    OnnxTrial {
        inputs = Map.copyOf(inputs);
        outputs = Map.copyOf(outputs);
    }

    /** What inputs are filled with. */
    enum Fill {
        /** Zeros; but masks let everything through. */
        ZEROS,
        /** Ones, where zeros are no sizes or no indices. */
        ONES
    }

    /**
     * Runs a graph on made-up numbers of its inputs' shapes, whose open lengths are set to one number.
     *
     * @param unfed those of the inputs that do not have examples along their first axis
     */
    static OnnxTrial run(
            String where,
            OrtSession session,
            List<OnnxInput> inputs,
            List<OnnxInput> unfed,
            int examples,
            int openLength,
            Fill fill,
            Set<String> tensors)
            throws OrtException {
        try (OnnxBatch batch = new OnnxBatch(where)) {
            batch.begin(examples);
            Map<String, List<Long>> fed = new HashMap<>();
            for (OnnxInput input : inputs) {
                ByteBuffer values = unfed.contains(input)
                        ? batch.takeWhole(input, input.wholeShape())
                        : batch.take(input, input.shapeOf(openLength));
                Stream<Integer> shape = unfed.contains(input)
                        ? input.wholeShape().stream()
                        : Stream.concat(Stream.of(examples), input.shapeOf(openLength).stream());
                fed.put(input.name(), shape.map(Integer::longValue).toList());
                boolean mask = !input.isFloating()
                        && input.name().toLowerCase(Locale.ROOT).contains("mask");
                float number = mask || fill == Fill.ONES ? 1 : 0;
                while (values.hasRemaining()) {
                    input.elementToFeed().put(number, values);
                }
            }
            return new OnnxTrial(examples, fed, run(session, batch, examples, tensors));
        }
    }

    /** Runs a graph on the first examples of a batch. */
    static Map<String, TensorInfo> run(OrtSession session, OnnxBatch batch, int examples, Set<String> tensors)
            throws OrtException {
        Map<String, TensorInfo> outputs = new HashMap<>();
        if (tensors.isEmpty()) {
            return outputs;
        }
        Map<String, OnnxTensor> values = batch.tensors(0, examples);
        try (OrtSession.Result result = session.run(values, tensors)) {
            for (Map.Entry<String, OnnxValue> entry : result) {
                if (entry.getValue().getInfo() instanceof TensorInfo info) {
                    outputs.put(entry.getKey(), info);
                }
            }
        } finally {
            OnnxValue.close(values);
        }
        return outputs;
    }
}
