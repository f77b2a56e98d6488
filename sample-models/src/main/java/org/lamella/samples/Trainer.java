package org.lamella.samples;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.lamella.LamellaException;
import org.lamella.data.Dataset;
import org.lamella.data.IdxDataset;
import org.lamella.dl4j.Dl4jParameters;
import org.lamella.dl4j.Dl4jRuntime;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * Trains a network as He et al. 2015 do: stochastic gradient descent with Nesterov's momentum of 0.9, weight decay, images
 * moved and mirrored at random; the learning rate falls along half a cosine (Loshchilov and Hutter 2017, no restarts). The
 * last examples of an epoch that do not fill a batch wait for the next epoch's order.
 */
public final class Trainer {
    private static final double MOMENTUM = 0.9;
    private static final int TEST_BATCH = 250;

    private final TrainingSpec spec;
    private final Dataset train;
    private final Dataset test;
    private final int classes;

    private Trainer(TrainingSpec spec, Dataset train, Dataset test) {
        this.spec = spec;
        this.train = train;
        this.test = test;
        this.classes = 1 + Math.max(highestLabel(train), highestLabel(test));
        if (!train.shape().equals(test.shape())) {
            throw new LamellaException(
                    test.name(), "its examples are " + test.shape() + ", those to learn from are " + train.shape());
        }
        if (train.shape().size() != 3
                || !train.shape().get(1).equals(train.shape().get(2))) {
            throw new LamellaException(
                    train.name(), "its examples are " + train.shape() + "; a residual network needs square images");
        }
    }

    /**
     * Trains the network of a spec and writes its checkpoint, which appears under its name only when it is whole.
     *
     * @param data directory in which the spec's data files are
     * @param directory where {@code NAME.zip} is written
     * @throws LamellaException if the data cannot be read or do not fit, the loss grows beyond all bounds, or the checkpoint
     *     cannot be written
     */
    public static TrainingResult train(TrainingSpec spec, Path data, Path directory, TrainingProgress progress) {
        Dl4jRuntime.prepare();
        Trainer trainer = new Trainer(spec, open(data, spec.train()), open(data, spec.test()));
        return trainer.run(directory.resolve(spec.name() + ".zip"), progress);
    }

    private static Dataset open(Path directory, TrainingSpec.IdxFiles files) {
        return IdxDataset.open(directory.resolve(files.images()), directory.resolve(files.labels()));
    }

    private static int highestLabel(Dataset data) {
        return IntStream.range(0, data.size())
                .map(example -> data.label(example).orElse(0))
                .max()
                .orElse(0);
    }

    private TrainingResult run(Path checkpoint, TrainingProgress progress) {
        int[] examples = ClassSubset.of(train, spec.fraction(), spec.seeds().subset());
        if (examples.length < spec.batch()) {
            throw new LamellaException(
                    train.name(), examples.length + " examples are fewer than a batch of " + spec.batch());
        }
        ComputationGraph network = network();
        try {
            long started = System.nanoTime();
            List<TrainingResult.Epoch> history = fit(network, examples, progress);
            double seconds = secondsSince(started);
            save(network, checkpoint);
            return new TrainingResult(
                    spec,
                    checkpoint,
                    Dl4jParameters.trainable(network),
                    examples.length,
                    history,
                    test.size(),
                    accuracy(network),
                    seconds);
        } finally {
            network.close();
        }
    }

    private ComputationGraph network() {
        ResidualNetwork family = new ResidualNetwork(
                spec.network().depth(),
                spec.network().width(),
                spec.network().shortcut(),
                train.shape().get(0),
                train.shape().get(1),
                classes);
        ComputationGraph network = new ComputationGraph(family.configuration(new NeuralNetConfiguration.Builder()
                .seed(spec.seeds().initialization())
                .updater(new Nesterovs(spec.learningRate(), MOMENTUM))
                .l2(spec.weightDecay())));
        network.init();
        return network;
    }

    private List<TrainingResult.Epoch> fit(ComputationGraph network, int[] examples, TrainingProgress progress) {
        Random order = new Random(spec.seeds().order());
        ImageAugmentation augmentation = new ImageAugmentation(
                spec.augmentation(), train.shape(), spec.seeds().augmentation());
        int stepsPerEpoch = examples.length / spec.batch();
        int steps = stepsPerEpoch * spec.epochs();
        List<TrainingResult.Epoch> history = new ArrayList<>();
        for (int epoch = 1; epoch <= spec.epochs(); epoch++) {
            long started = System.nanoTime();
            int[] shuffled = shuffled(examples, order);
            double loss = 0;
            for (int step = 0; step < stepsPerEpoch; step++) {
                network.setLearningRate(learningRate((epoch - 1) * stepsPerEpoch + step, steps));
                int[] chosen = Arrays.copyOfRange(shuffled, step * spec.batch(), (step + 1) * spec.batch());
                try (INDArray images = images(train, chosen, augmentation::apply);
                        INDArray labels = oneHot(train, chosen)) {
                    network.fit(new INDArray[] {images}, new INDArray[] {labels});
                }
                if (!Double.isFinite(network.score())) {
                    throw new LamellaException(
                            spec.name(),
                            "the loss is %s in epoch %d, step %d; lower the learning rate, now %s"
                                    .formatted(network.score(), epoch, step + 1, spec.learningRate()));
                }
                loss += network.score();
                progress.stepped(epoch, step + 1, stepsPerEpoch, network.score());
            }
            history.add(new TrainingResult.Epoch(
                    epoch,
                    learningRate((epoch - 1) * stepsPerEpoch, steps),
                    loss / stepsPerEpoch,
                    secondsSince(started)));
        }
        return history;
    }

    private double learningRate(int step, int steps) {
        return 0.5 * spec.learningRate() * (1 + Math.cos(Math.PI * step / steps));
    }

    private static int[] shuffled(int[] examples, Random random) {
        int[] shuffled = examples.clone();
        for (int i = shuffled.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int example = shuffled[i];
            shuffled[i] = shuffled[other];
            shuffled[other] = example;
        }
        return shuffled;
    }

    /** Share of the test examples whose class has the highest output. */
    private double accuracy(ComputationGraph network) {
        int right = 0;
        for (int first = 0; first < test.size(); first += TEST_BATCH) {
            int[] chosen = IntStream.range(first, Math.min(test.size(), first + TEST_BATCH))
                    .toArray();
            try (INDArray images = images(test, chosen, (numbers, offset) -> {});
                    INDArray outputs = network.output(images)[0];
                    INDArray named = outputs.argMax(1)) {
                for (int i = 0; i < chosen.length; i++) {
                    right += named.getInt(i) == test.label(chosen[i]).orElse(-1) ? 1 : 0;
                }
            }
        }
        return (double) right / test.size();
    }

    private static INDArray images(Dataset data, int[] examples, ObjIntConsumer<float[]> change) {
        float[] numbers = new float[examples.length * data.features()];
        data.read(examples, FloatBuffer.wrap(numbers));
        for (int i = 0; i < examples.length; i++) {
            change.accept(numbers, i * data.features());
        }
        return Nd4j.create(numbers, new int[] {
            examples.length,
            data.shape().get(0),
            data.shape().get(1),
            data.shape().get(2)
        });
    }

    private INDArray oneHot(Dataset data, int[] examples) {
        float[] labels = new float[examples.length * classes];
        for (int i = 0; i < examples.length; i++) {
            labels[i * classes + data.label(examples[i]).orElseThrow()] = 1;
        }
        return Nd4j.create(labels, new int[] {examples.length, classes});
    }

    private static void save(ComputationGraph network, Path checkpoint) {
        Path unfinished = checkpoint.resolveSibling(checkpoint.getFileName() + ".part");
        try {
            Files.createDirectories(checkpoint.toAbsolutePath().getParent());
            ModelSerializer.writeModel(network, unfinished.toFile(), false);
            Files.move(unfinished, checkpoint, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new LamellaException(checkpoint.toString(), "cannot be written (" + e + ")", e);
        }
    }

    private static double secondsSince(long started) {
        return (System.nanoTime() - started) * 1e-9;
    }
}
