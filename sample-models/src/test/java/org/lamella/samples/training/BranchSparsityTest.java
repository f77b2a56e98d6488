package org.lamella.samples.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.dl4j.Dl4jRuntime;
import org.lamella.samples.Shapes;
import org.lamella.samples.network.Architecture;
import org.lamella.samples.network.Family;
import org.lamella.samples.network.Network;
import org.lamella.samples.network.TrainingExtras;
import org.nd4j.linalg.api.ndarray.INDArray;

class BranchSparsityTest {
    private static final List<Integer> SHAPE = List.of(1, 8, 8);

    @TempDir
    private Path directory;

    @BeforeAll
    static void useOneThread() {
        Dl4jRuntime.useThreads(1);
    }

    private static Network network(Family family, int depth) {
        return Architecture.of(family, depth, 1).network(SHAPE, 3);
    }

    private static ComputationGraph graph(Network network, boolean sparse) {
        ComputationGraph graph = new ComputationGraph(
                network.configuration(new NeuralNetConfiguration.Builder(), new TrainingExtras(0, 0, 0, sparse)));
        graph.init();
        return graph;
    }

    private static INDArray scale(ComputationGraph graph, String layer) {
        return graph.getLayer(layer).getParam("gamma");
    }

    private static INDArray shift(ComputationGraph graph, String layer) {
        return graph.getLayer(layer).getParam("beta");
    }

    @Test
    void shrink_movesTheNumbersOfABranchTowardsZeroTogether() {
        Network network = network(Family.RESNET, 8);
        ComputationGraph graph = graph(network, false);
        scale(graph, "stage1.block1.bn2").assign(0).putScalar(0, 3);
        shift(graph, "stage1.block1.bn2").putScalar(1, -4);
        scale(graph, "stage2.block1.bn2").assign(0).putScalar(5, 0.01);

        // p is 32, 64 and 128, and 0.1 · 0.02 / (1 - 0.9) = 0.02.
        double penalty = BranchSparsity.of(graph, network, 0.02, 0.9).shrink(0.1);

        double factor = 1 - 0.02 * Math.sqrt(32) / 5;
        assertThat(penalty)
                .isCloseTo(0.02 * (Math.sqrt(32) * 5 + Math.sqrt(64) * 0.01 + Math.sqrt(128) * 8), within(1e-6));
        assertThat(scale(graph, "stage1.block1.bn2").getDouble(0)).isCloseTo(3 * factor, within(1e-6));
        assertThat(shift(graph, "stage1.block1.bn2").getDouble(1)).isCloseTo(-4 * factor, within(1e-6));
        assertThat(scale(graph, "stage2.block1.bn2").getDouble(5))
                .as("not across 0")
                .isZero();
        assertThat(scale(graph, "stage3.block1.bn2").getDouble(7))
                .isCloseTo(1 - 0.02 * Math.sqrt(128) / 8, within(1e-6));
        assertThat(scale(graph, "stage2.block1.bn1").minNumber().doubleValue())
                .as("only what ends a branch")
                .isEqualTo(1);
    }

    @Test
    void sparseBranches_startAsNothing() {
        Network network = network(Family.RESNET, 14);
        ComputationGraph graph = graph(network, true);

        assertThat(network.branchNormalizations()).hasSize(6).allSatisfy(name -> {
            assertThat(scale(graph, name).maxNumber().doubleValue()).isZero();
            assertThat(scale(graph, name.replace("bn2", "bn1")).minNumber().doubleValue())
                    .isEqualTo(1);
        });
    }

    @Test
    void networkWithoutBranches_isRefused() {
        Network plain = network(Family.PLAIN, 8);
        ComputationGraph graph = graph(plain, false);

        assertThatThrownBy(() -> BranchSparsity.of(graph, plain, 0.1, 0.9))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("regularization.branches needs a residual network");
        assertThat(BranchSparsity.of(graph, plain, 0, 0.9).shrink(1)).isZero();
    }

    @Test
    void training_underALargePenalty_leavesBranchesAtZero() throws Exception {
        Shapes.write(directory, "train", 96);
        Shapes.write(directory, "test", 30);
        TrainingSpec spec = new TrainingSpec(
                "sparse",
                Architecture.of(Family.RESNET, 8, 1),
                new TrainingSpec.Data("idx:train-images.gz,train-labels.gz", "idx:test-images.gz,test-labels.gz", null),
                1,
                2,
                32,
                0.1,
                new TrainingSpec.Regularization(0, 0, 0, 100, new TrainingSpec.PrincipalComponent(0, 0)),
                null,
                new TrainingSpec.Augmentation(0, false),
                List.of(),
                new TrainingSpec.Seeds(1, 2, 3, 4));

        TrainingResult result =
                Trainer.train(spec, directory, directory.resolve("out"), false, 1, TrainingListener.NONE);

        ComputationGraph trained = ComputationGraph.load(result.checkpoint().toFile(), false);
        for (String name : network(Family.RESNET, 8).branchNormalizations()) {
            assertThat(scale(trained, name).amaxNumber().doubleValue()).isZero();
            assertThat(shift(trained, name).amaxNumber().doubleValue()).isZero();
        }
    }
}
