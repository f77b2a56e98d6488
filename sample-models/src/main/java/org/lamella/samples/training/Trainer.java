package org.lamella.samples.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.dl4j.Dl4jRuntime;
import org.lamella.samples.network.Network;
import org.lamella.samples.network.NetworkCost;
import org.lamella.samples.network.PrincipalComponentPenalty;
import org.lamella.samples.network.TrainingExtras;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Trains a network as He et al. 2015 do: stochastic gradient descent with Nesterov's momentum of 0.9, weight decay, images
 * moved and mirrored at random; the learning rate falls along half a cosine (Loshchilov and Hutter 2017, no restarts). The
 * last examples of an epoch that do not fill a batch wait for the next epoch's order.
 *
 * <p>What chance decides in a step follows from the seeds and the step's number alone, so a training that was interrupted and
 * resumed gives the network of one that was not.
 */
public final class Trainer {
    private static final double MOMENTUM = 0.9;

    private final TrainingSpec spec;
    private final TrainingData data;
    private final TrainingFiles files;
    private final TrainingListener listener;
    private final Network network;
    private final ComputationGraph graph;
    private final BranchSparsity branches;
    private final int stepsPerEpoch;

    private int epoch = 1;
    private int step;
    private double loss;
    private double penalty;
    private double seconds;
    private int bestEpoch;
    private @Nullable INDArray best;
    private final List<TrainingResult.Epoch> history = new ArrayList<>();

    private Trainer(TrainingSpec spec, TrainingData data, TrainingFiles files, int threads, TrainingListener listener) {
        this.spec = spec;
        this.data = data;
        this.files = files;
        this.listener = listener;
        this.network = spec.network().network(data.shape(), data.classes());
        this.stepsPerEpoch = data.learnt().length / spec.batch();
        this.graph = Dl4jRuntime.withOneDnn(() ->
                initialized(network.configuration(recipe(new Nesterovs(new CurrentRate(), MOMENTUM)), spec.extras())));
        ChannelNormalization.install(graph, threads);
        this.branches = BranchSparsity.of(graph, network, spec.regularization().branches(), MOMENTUM);
    }

    /**
     * Trains the network of a spec and writes its checkpoint, {@code NAME.zip}, the history of its epochs, {@code NAME.csv}, and
     * the result, {@code NAME.json}. The state from which an interrupted training goes on, {@code NAME.state.zip}, is written
     * after every epoch and when the listener stops it, and removed in the end.
     *
     * @param folder in which the spec's data are
     * @param directory where the files are written
     * @param resume whether to go on from a state that is there; without it one that is there is refused
     * @param threads 0 for as many as there are processors; the last bits of the weights depend on it
     * @throws TrainingStopped if the listener stopped it
     * @throws LamellaException if the data cannot be read or do not fit, the loss grows beyond all bounds, or a file cannot be
     *     written
     */
    public static TrainingResult train(
            TrainingSpec spec, Path folder, Path directory, boolean resume, int threads, TrainingListener listener) {
        Dl4jRuntime.useThreads(threads);
        try (TrainingFiles files = TrainingFiles.open(directory, spec.name())) {
            boolean begun = Files.exists(files.state());
            if (begun && !resume) {
                throw new LamellaException(
                        files.state().toString(),
                        "is the state of an interrupted training; go on with --resume, or remove it to start anew");
            }
            TrainingData data = TrainingData.open(spec, folder);
            Trainer trainer = new Trainer(spec, data, files, threads, listener);
            try {
                if (begun) {
                    trainer.restore(TrainingState.read(files.state(), SpecFile.print(spec), data.sha256()));
                }
                return trainer.run();
            } finally {
                trainer.graph.close();
            }
        }
    }

    private NeuralNetConfiguration.Builder recipe(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                // Mixed, because ND4J takes a seed of 0 for none and then starts from the clock.
                .seed(TrainingSpec.mixed(spec.seeds().initialization(), 1))
                .updater(updater)
                .l1(spec.regularization().l1())
                .l2(spec.regularization().l2());
    }

    private TrainingResult run() {
        try (BatchQueue queue = new BatchQueue(data.train(), data.classes(), spec)) {
            while (epoch <= spec.epochs() && !isStale()) {
                learn(queue);
                judge();
                epoch++;
                save();
            }
        }
        if (best != null) {
            graph.setParams(best);
        }
        files.writeCheckpoint(used());
        TrainingResult result = new TrainingResult(
                spec,
                files.checkpoint(),
                NetworkCost.of(network),
                data.learnt().length,
                history,
                Evaluation.of(
                        graph,
                        data.test(),
                        IntStream.range(0, data.test().size()).toArray()),
                history.stream().mapToDouble(TrainingResult.Epoch::seconds).sum());
        files.finish(result);
        return result;
    }

    /** Whether the examples held out have not been named better for as many epochs as are waited for. */
    private boolean isStale() {
        return spec.earlyStopping() != null
                && bestEpoch > 0
                && epoch - 1 - bestEpoch >= spec.earlyStopping().patience();
    }

    /** The rest of an epoch. */
    private void learn(BatchQueue queue) {
        int[] order = shuffled(epoch);
        if (step < stepsPerEpoch) {
            queue.order(epoch, batch(order, step));
        }
        while (step < stepsPerEpoch) {
            if (listener.stops()) {
                save();
                throw new TrainingStopped(files.state(), epoch, step + 1);
            }
            long started = System.nanoTime();
            try (BatchQueue.Arrays now = queue.take()) {
                if (step + 1 < stepsPerEpoch) {
                    queue.order(epoch, batch(order, step + 1));
                }
                learn(now);
            }
            step++;
            seconds += secondsSince(started);
            listener.stepped(epoch, step, stepsPerEpoch, graph.score());
        }
    }

    private void learn(BatchQueue.Arrays batch) {
        if (spec.regularization().dropout() > 0) {
            Nd4j.getRandom().setSeed(TrainingSpec.mixed(spec.seeds().order(), epoch, step, 1));
        }
        graph.fit(new INDArray[] {batch.images()}, new INDArray[] {batch.labels()});
        double added = PrincipalComponentPenalty.sum(graph) + branches.shrink(learningRate(step));
        if (!Double.isFinite(graph.score())) {
            throw new LamellaException(
                    spec.name(),
                    "the loss is %s in epoch %d, step %d; lower the learning rate, now %s"
                            .formatted(graph.score(), epoch, step + 1, spec.learningRate()));
        }
        loss += graph.score() + added;
        penalty += added;
    }

    /** Ends an epoch: what happened in it, and how the network does on what is held out. */
    private void judge() {
        double validationLoss = Double.NaN;
        double validationAccuracy = Double.NaN;
        if (data.heldOut().length > 0) {
            TrainingResult.Score score = Evaluation.of(graph, data.train(), data.heldOut());
            validationLoss = score.loss();
            validationAccuracy = score.accuracy();
            double bestLoss = bestEpoch == 0
                    ? Double.POSITIVE_INFINITY
                    : history.get(bestEpoch - 1).validationLoss();
            if (validationLoss < bestLoss) {
                bestEpoch = epoch;
                best = graph.params().dup();
            }
        }
        history.add(new TrainingResult.Epoch(
                epoch,
                learningRate(0),
                loss / stepsPerEpoch,
                penalty / stepsPerEpoch,
                validationLoss,
                validationAccuracy,
                seconds));
        files.writeHistory(history);
        if (spec.checkpoints().contains(epoch)) {
            files.writeCheckpoint(epoch, used());
        }
        step = 0;
        loss = 0;
        penalty = 0;
        seconds = 0;
    }

    private static ComputationGraph initialized(ComputationGraphConfiguration configuration) {
        ComputationGraph made = new ComputationGraph(configuration);
        made.init();
        return made;
    }

    /** The network without what it has for training only. */
    private ComputationGraph used() {
        ComputationGraph used = initialized(
                network.configuration(recipe(new Nesterovs(spec.learningRate(), MOMENTUM)), TrainingExtras.NONE));
        for (var layer : used.getLayers()) {
            if (layer.numParams() > 0) {
                layer.setParams(
                        graph.getLayer(layer.conf().getLayer().getLayerName()).params());
            }
        }
        return used;
    }

    private void save() {
        new TrainingState(
                        new TrainingState.Progress(
                                SpecFile.print(spec),
                                data.sha256(),
                                epoch,
                                step,
                                loss,
                                penalty,
                                seconds,
                                history,
                                bestEpoch),
                        graph.params(),
                        graph.getUpdater(true).getUpdaterStateViewArray(),
                        best)
                .write(files.state());
    }

    private void restore(TrainingState state) {
        epoch = state.progress().epoch();
        step = state.progress().step();
        loss = state.progress().loss();
        penalty = state.progress().penalty();
        seconds = state.progress().seconds();
        bestEpoch = state.progress().bestEpoch();
        best = state.best();
        history.addAll(state.progress().history());
        graph.setParams(state.parameters());
        if (state.updater() != null) {
            graph.getUpdater(true).getUpdaterStateViewArray().assign(state.updater());
        }
    }

    /**
     * The rate of the step that is being made, where the updater asks for it. Setting it on the graph instead would make the
     * updater anew at every step, and that compares all parameters with each other.
     */
    private final class CurrentRate implements ISchedule {
        @Override
        public double valueAt(int iteration, int epochs) {
            return learningRate(step);
        }

        @Override
        public ISchedule clone() {
            return this;
        }
    }

    private double learningRate(int step) {
        int done = (epoch - 1) * stepsPerEpoch + step;
        return 0.5 * spec.learningRate() * (1 + Math.cos(Math.PI * done / ((double) stepsPerEpoch * spec.epochs())));
    }

    private int[] batch(int[] order, int number) {
        return Arrays.copyOfRange(order, number * spec.batch(), (number + 1) * spec.batch());
    }

    private int[] shuffled(int epoch) {
        Random random = new Random(TrainingSpec.mixed(spec.seeds().order(), epoch));
        int[] shuffled = data.learnt().clone();
        for (int i = shuffled.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int example = shuffled[i];
            shuffled[i] = shuffled[other];
            shuffled[other] = example;
        }
        return shuffled;
    }

    private static double secondsSince(long started) {
        return (System.nanoTime() - started) * 1e-9;
    }
}
