package org.lamella.samediff;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** Small networks as users of SameDiff write them. */
final class SmallGraphs {
    private SmallGraphs() {}

    /** Weights with a pattern: no two alike, of about the same size. */
    static INDArray numbers(double shift, long... shape) {
        long count = 1;
        for (long length : shape) {
            count *= length;
        }
        float[] values = new float[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(1.3 * i + shift);
        }
        return Nd4j.create(values, shape, 'c');
    }

    /** Six numbers, four hidden units, three classes; trained for one step, so that there is an updater's state. */
    static SameDiff perceptron() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("features", DataType.FLOAT, -1, 6);
        SDVariable labels = graph.placeHolder("classes", DataType.FLOAT, -1, 3);
        SDVariable hidden =
                graph.nn().linear("hidden", x, graph.var("w1", numbers(0, 6, 4)), graph.var("b1", numbers(1, 4)));
        SDVariable active = graph.nn().tanh("active", hidden);
        // Stored with the first axis running fastest.
        SDVariable product =
                active.mmul("product", graph.var("w2", numbers(2, 4, 3).dup('f')));
        SDVariable logits = product.add("logits", graph.var("b2", numbers(3, 3)));
        graph.nn().softmax("chances", logits);
        graph.loss().softmaxCrossEntropy("loss", labels, logits, null);
        graph.setTrainingConfig(TrainingConfig.builder()
                .updater(new Adam(1e-3))
                .dataSetFeatureMapping("features")
                .dataSetLabelMapping("classes")
                .build());
        return graph;
    }

    /** Images of 2 x 6 x 5 with a skip, without a training configuration. */
    static SameDiff images() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("images", DataType.FLOAT, -1, 2, 6, 5);
        SDVariable labels = graph.placeHolder("targets", DataType.FLOAT, -1, 4);
        Conv2DConfig same =
                Conv2DConfig.builder().kH(3).kW(3).paddingMode(PaddingMode.SAME).build();
        SDVariable first = graph.cnn()
                .conv2d("first", x, graph.var("k1", numbers(0, 3, 3, 2, 3)), graph.var("c1", numbers(1, 3)), same);
        SDVariable normal = graph.nn()
                .batchNorm(
                        "normal",
                        first,
                        graph.constant("mean", numbers(2, 3)),
                        graph.constant("variance", numbers(3, 3).addi(2)),
                        graph.var("gain", numbers(4, 3)),
                        graph.var("offset", numbers(5, 3)),
                        1e-5,
                        1);
        SDVariable active = graph.nn().relu("active", normal, 0);
        SDVariable second = graph.cnn().conv2d("second", active, graph.var("k2", numbers(6, 3, 3, 3, 3)), same);
        SDVariable sum = active.add("sum", second);
        SDVariable pooled = graph.cnn()
                .maxPooling2d(
                        "pooled",
                        sum,
                        Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).build());
        SDVariable flat = graph.reshape("flat", pooled, -1, 3 * 3 * 2);
        SDVariable out = flat.mmul("out", graph.var("w", numbers(7, 18, 4)));
        SDVariable difference = graph.math().squaredDifference("distance", out, labels);
        graph.setLossVariables(difference.mean("error"));
        return graph;
    }
}
