package org.lamella.samples;

/** Is told how a training goes; called on the thread that trains, after every step. */
@FunctionalInterface
public interface TrainingProgress {
    /** Takes no notice. */
    TrainingProgress NONE = (epoch, step, stepsPerEpoch, loss) -> {};

    /**
     * @param epoch from 1
     * @param step of this epoch, from 1
     * @param stepsPerEpoch how many there are
     * @param loss of this step's examples: cross-entropy plus weight decay
     */
    void stepped(int epoch, int step, int stepsPerEpoch, double loss);
}
