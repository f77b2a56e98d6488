package org.lamella.samples;

import java.nio.file.Path;
import java.util.List;

/**
 * A network that has been trained.
 *
 * @param spec what was asked for
 * @param checkpoint the file written: a Deeplearning4j zip without the state of the updater
 * @param parameters trainable numbers of the network
 * @param trainingExamples how many examples it learnt from
 * @param history what happened in each epoch
 * @param testExamples how many examples it was judged on
 * @param testAccuracy share of the test examples whose class it names
 * @param trainingSeconds wall time of the epochs, without reading data and testing
 */
public record TrainingResult(
        TrainingSpec spec,
        Path checkpoint,
        long parameters,
        int trainingExamples,
        List<Epoch> history,
        int testExamples,
        double testAccuracy,
        double trainingSeconds) {

    public TrainingResult {
        history = List.copyOf(history);
    }

    /**
     * @param number from 1
     * @param learningRate at the epoch's first step
     * @param loss mean over the steps of cross-entropy plus weight decay
     * @param seconds wall time
     */
    public record Epoch(int number, double learningRate, double loss, double seconds) {}
}
