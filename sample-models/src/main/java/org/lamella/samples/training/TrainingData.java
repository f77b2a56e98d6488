package org.lamella.samples.training;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lamella.LamellaException;
import org.lamella.data.DataSource;
import org.lamella.data.Dataset;
import org.lamella.data.Datasets;
import org.lamella.data.Resize;

/** The examples of a training. */
final class TrainingData {
    private final Dataset train;
    private final int[] learnt;
    private final int[] heldOut;
    private final Dataset test;
    private final int classes;
    private final String sha256;

    private TrainingData(Dataset train, int[] learnt, int[] heldOut, Dataset test, String sha256) {
        this.train = train;
        this.learnt = learnt;
        this.heldOut = heldOut;
        this.test = test;
        this.classes = 1 + Math.max(highestLabel(train), highestLabel(test));
        this.sha256 = sha256;
    }

    /** Opens the data of a specification. */
    static TrainingData open(TrainingSpec spec, Path folder) {
        DataSource trainSource = open(spec.data().train(), spec, folder);
        DataSource testSource = open(spec.data().test(), spec, folder);
        Dataset train = Dataset.of(trainSource.examples(), spec.data().train());
        Dataset test = Dataset.of(testSource.examples(), spec.data().test());
        if (!train.shape().equals(test.shape())) {
            throw new LamellaException(
                    test.name(), "its examples are " + test.shape() + ", those to learn from are " + train.shape());
        }
        int[] used = ClassSubset.of(
                train,
                IntStream.range(0, train.size()).toArray(),
                spec.fraction(),
                spec.seeds().subset());
        int[] heldOut = spec.earlyStopping() == null
                ? new int[0]
                : ClassSubset.of(
                        train,
                        used,
                        spec.earlyStopping().validation(),
                        TrainingSpec.mixed(spec.seeds().subset(), 1));
        int[] learnt = IntStream.of(used)
                .filter(example -> Arrays.binarySearch(heldOut, example) < 0)
                .toArray();
        if (learnt.length < spec.batch()) {
            throw new LamellaException(
                    train.name(), learnt.length + " examples are fewer than a batch of " + spec.batch());
        }
        return new TrainingData(train, learnt, heldOut, test, trainSource.sha256() + " " + testSource.sha256());
    }

    private static DataSource open(String source, TrainingSpec spec, Path folder) {
        DataSource data = open(source, folder);
        Integer side = spec.data().resize();
        return side == null ? data : data.resized(Resize.shorterSide(side));
    }

    /** Data sets of a specification are relative to a folder. */
    private static DataSource open(String source, Path folder) {
        int colon = source.indexOf(':');
        if (colon < 0) {
            return Datasets.open(source);
        }
        String resolved = Arrays.stream(source.substring(colon + 1).split(","))
                .map(path -> folder.resolve(path).toString())
                .collect(Collectors.joining(","));
        return Datasets.open(source.substring(0, colon + 1) + resolved);
    }

    private static int highestLabel(Dataset data) {
        return IntStream.range(0, data.size())
                .map(example -> data.label(example)
                        .orElseThrow(() -> new LamellaException(data.name(), "has no labels, which training needs")))
                .max()
                .orElse(0);
    }

    /** Shape of one example. */
    List<Integer> shape() {
        return train.shape();
    }

    /** How many classes the labels name. */
    int classes() {
        return classes;
    }

    /** All examples to learn from. */
    Dataset train() {
        return train;
    }

    /** Indices of those that are learnt from. */
    int[] learnt() {
        return learnt;
    }

    /** Indices of those that tell when to stop; none where nothing does. */
    int[] heldOut() {
        return heldOut;
    }

    /** The examples of the final judgement. */
    Dataset test() {
        return test;
    }

    /** Of the files. */
    String sha256() {
        return sha256;
    }
}
