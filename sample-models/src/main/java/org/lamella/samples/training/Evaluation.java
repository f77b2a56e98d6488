package org.lamella.samples.training;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamella.data.Dataset;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** How a network does on examples that it does not learn from. */
final class Evaluation {
    private static final int BATCH = 250;

    private Evaluation() {}

    static TrainingResult.Score of(ComputationGraph network, Dataset data, int[] examples) {
        int right = 0;
        double loss = 0;
        for (int first = 0; first < examples.length; first += BATCH) {
            int[] chosen = Arrays.copyOfRange(examples, first, Math.min(examples.length, first + BATCH));
            float[] numbers = new float[chosen.length * data.features()];
            data.read(chosen, FloatBuffer.wrap(numbers));
            try (INDArray images = Nd4j.create(numbers, BatchQueue.shape(data.shape(), chosen.length));
                    INDArray outputs = network.output(images)[0]) {
                float[][] probabilities = outputs.toFloatMatrix();
                for (int i = 0; i < chosen.length; i++) {
                    int label = data.label(chosen[i]).orElseThrow();
                    right += highest(probabilities[i]) == label ? 1 : 0;
                    loss -= Math.log(Math.max(probabilities[i][label], Float.MIN_NORMAL));
                }
            }
        }
        return new TrainingResult.Score(examples.length, (double) right / examples.length, loss / examples.length);
    }

    private static int highest(float[] numbers) {
        int best = 0;
        for (int i = 1; i < numbers.length; i++) {
            best = numbers[i] > numbers[best] ? i : best;
        }
        return best;
    }
}
