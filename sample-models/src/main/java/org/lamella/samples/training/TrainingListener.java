package org.lamella.samples.training;

/** Follows a training and may stop it; called on the thread that trains. */
public interface TrainingListener {
    /** Takes no notice, and lets it run. */
    TrainingListener NONE = new TrainingListener() {};

    /**
     * Called after every step.
     *
     * @param epoch from 1
     * @param step of this epoch, from 1
     * @param stepsPerEpoch how many there are
     * @param loss of this step's examples, with all that regularisation adds
     */
    default void stepped(int epoch, int step, int stepsPerEpoch, double loss) {}

    /** Asked before every step: whether to save the state and end. */
    default boolean stops() {
        return false;
    }
}
