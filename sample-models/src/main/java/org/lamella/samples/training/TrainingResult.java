package org.lamella.samples.training;

import java.nio.file.Path;
import java.util.List;
import org.lamella.samples.network.NetworkCost;

/**
 * A network that has been trained.
 *
 * @param spec what was asked for
 * @param checkpoint the file written: a Deeplearning4j zip without the state of the updater
 * @param cost of the network
 * @param trainingExamples how many examples it learnt from
 * @param history what happened in each epoch
 * @param test how it does on the test examples
 * @param seconds wall time of the epochs, without reading data and testing
 */
public record TrainingResult(
        TrainingSpec spec,
        Path checkpoint,
        NetworkCost cost,
        int trainingExamples,
        List<Epoch> history,
        Score test,
        double seconds) {
    public TrainingResult {
        history = List.copyOf(history);
    }

    /**
     * How a network does on examples that it has not learnt from.
     *
     * @param examples how many
     * @param accuracy share of them whose class has the highest output
     * @param loss mean cross-entropy
     */
    public record Score(int examples, double accuracy, double loss) {}

    /**
     * @param number from 1
     * @param learningRate at the epoch's first step
     * @param loss mean over the steps, with all that regularisation adds
     * @param penalty the part of it that is the penalty on principal components
     * @param validationLoss on the examples held out; NaN where none are
     * @param validationAccuracy likewise
     * @param seconds wall time
     */
    public record Epoch(
            int number,
            double learningRate,
            double loss,
            double penalty,
            double validationLoss,
            double validationAccuracy,
            double seconds) {}
}
