package org.lamella.samples.training;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.samples.network.Architecture;
import org.lamella.samples.network.TrainingExtras;

/**
 * One network to be trained: what it is, on which data, and how. {@link SpecFile} reads it.
 *
 * @param name of the network, and of its checkpoint's file
 * @param network family, depth and width
 * @param data the examples
 * @param fraction share of each class of the training examples that is used, above 0 and at most 1
 * @param epochs passes over the training examples used
 * @param batch examples a step
 * @param learningRate at the first step; falls to 0 along half a cosine
 * @param regularization what keeps the weights and activations in bounds
 * @param earlyStopping when to stop before the last epoch; absent for never
 * @param augmentation random changes of the training images
 * @param checkpoints numbers of epochs after which the network is also saved, as {@code NAME-epochN.zip}
 * @param seeds where chance comes from
 */
public record TrainingSpec(
        String name,
        Architecture network,
        Data data,
        double fraction,
        int epochs,
        int batch,
        double learningRate,
        Regularization regularization,
        @Nullable EarlyStopping earlyStopping,
        Augmentation augmentation,
        List<Integer> checkpoints,
        Seeds seeds) {

    /**
     * Data sets as on the command line, {@code KIND:PATH}, with paths relative to the folder of data that the training is given.
     *
     * @param train the examples to learn from
     * @param test the examples on which the network is judged in the end; never learnt from
     * @param resize the length to which the shorter side of every image is scaled, and the rest cut off, as {@code --resize} does;
     *     absent for images as they are
     */
    public record Data(String train, String test, @Nullable Integer resize) {}

    /**
     * @param l1 λ of the λ ‖weights‖₁ in the loss; biases and batch normalisation are left out
     * @param l2 λ of the λ/2 ‖weights‖² in the loss, which is weight decay; likewise
     * @param dropout share of a layer's inputs set to zero; see {@link TrainingExtras}
     * @param branches λ of the penalty on residual branches, which leaves out those that can be; see {@link BranchSparsity}
     * @param principalComponent penalty on the first principal component of activations
     */
    public record Regularization(
            double l1, double l2, double dropout, double branches, PrincipalComponent principalComponent) {}

    /**
     * @param weight α, 0 for no penalty
     * @param threshold τ: the share of the variance that the first component may have for free
     */
    public record PrincipalComponent(double weight, double threshold) {}

    /**
     * Stops when the loss on examples held out has not come down for some epochs, and takes the network of the best epoch.
     *
     * @param patience epochs without a better loss
     * @param validation share of each class of the training examples used that is held out
     */
    public record EarlyStopping(int patience, double validation) {}

    /**
     * @param crop pixels by which an image is moved at most, up, down, left and right; what comes in is 0
     * @param flip whether half of the images are mirrored, left to right
     */
    public record Augmentation(int crop, boolean flip) {}

    /**
     * Each kind of chance has its own seed, so that one can be changed and the others kept.
     *
     * @param initialization of the weights
     * @param order of the examples, and of what dropout leaves out
     * @param augmentation of the images
     * @param subset which examples the fraction keeps, and which are held out
     */
    public record Seeds(long initialization, long order, long augmentation, long subset) {}

    public TrainingSpec {
        checkpoints = checkpoints.stream().sorted().distinct().toList();
        require(
                name.matches("[A-Za-z0-9][A-Za-z0-9._=-]*"),
                "name",
                name,
                "letters, digits, dots, dashes and equals signs");
        require(fraction > 0 && fraction <= 1, "fraction", fraction, "above 0 and at most 1");
        require(epochs >= 1, "epochs", epochs, "1 or more");
        require(batch >= 1, "batch", batch, "1 or more");
        require(learningRate > 0, "learningRate", learningRate, "above 0");
        require(regularization.l1() >= 0, "regularization.l1", regularization.l1(), "0 or more");
        require(regularization.l2() >= 0, "regularization.l2", regularization.l2(), "0 or more");
        require(regularization.branches() >= 0, "regularization.branches", regularization.branches(), "0 or more");
        require(augmentation.crop() >= 0, "augmentation.crop", augmentation.crop(), "0 or more");
        if (earlyStopping != null) {
            require(earlyStopping.patience() >= 1, "earlyStopping.patience", earlyStopping.patience(), "1 or more");
            require(
                    earlyStopping.validation() > 0 && earlyStopping.validation() < 1,
                    "earlyStopping.validation",
                    earlyStopping.validation(),
                    "above 0 and below 1");
        }
        for (int epoch : checkpoints) {
            require(epoch >= 1 && epoch <= epochs, "checkpoints", epoch, "the numbers of epochs, 1 to " + epochs);
        }
    }

    private static void require(boolean condition, String field, Object value, String wanted) {
        if (!condition) {
            throw new LamellaException("training spec", field + " is " + value + " but must be " + wanted);
        }
    }

    /** What the network has while it is trained only. */
    TrainingExtras extras() {
        return new TrainingExtras(
                regularization.dropout(),
                regularization.principalComponent().weight(),
                regularization.principalComponent().threshold(),
                regularization.branches() > 0);
    }

    /** A seed for one of many uses, from a seed of the user's and numbers that say which use. */
    static long mixed(long seed, long... numbers) {
        long mixed = seed;
        for (long number : numbers) {
            // A step of SplitMix64 (Steele, Lea and Flood 2014), from which no small numbers give a small one.
            mixed += 0x9E3779B97F4A7C15L * (number + 1);
            mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
            mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
            mixed ^= mixed >>> 31;
        }
        return mixed;
    }
}
