package org.lamella.samples.training;

import static java.util.Objects.requireNonNull;

import java.lang.reflect.Field;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.layers.normalization.BatchNormalizationHelper;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Batch normalisation of examples × channels × height × width for Deeplearning4j's layers (Ioffe and Szegedy 2015,
 * algorithm 1; its gradient from section 3).
 *
 * <p>Deeplearning4j's own took a third of the time of training a residual network: it has moments made by general reductions
 * before oneDNN begins. This passes over the data twice each way. An image of a channel is copied into an array
 * that stays in the processor's cache. A channel is summed by one thread and always in the same order, so the number of
 * threads does not change a bit.
 */
final class ChannelNormalization implements BatchNormalizationHelper {
    /** Absent on one thread. */
    private final @Nullable ForkJoinPool threads;

    private @Nullable INDArray mean;
    private @Nullable INDArray variance;

    private ChannelNormalization(@Nullable ForkJoinPool threads) {
        this.threads = threads;
    }

    /**
     * Lets all batch normalisations of a graph work this way.
     *
     * @param threads 0 for as many as there are processors
     */
    static void install(ComputationGraph graph, int threads) {
        int count = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        @Nullable ForkJoinPool pool = count == 1 ? null : new ForkJoinPool(count);
        for (var layer : graph.getLayers()) {
            if (layer instanceof BatchNormalization normalization) {
                try {
                    // Deeplearning4j chooses the helper itself; there is no setter.
                    Field helper = BatchNormalization.class.getDeclaredField("helper");
                    helper.setAccessible(true);
                    helper.set(normalization, new ChannelNormalization(pool));
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException("Deeplearning4j's batch normalisation has changed", e);
                }
            }
        }
    }

    @Override
    public boolean checkSupported() {
        return true;
    }

    @Override
    public boolean checkSupported(double epsilon, boolean fixedGammaBeta) {
        return !fixedGammaBeta;
    }

    @Override
    public INDArray preOutput(
            INDArray x,
            boolean training,
            long[] shape,
            INDArray gamma,
            INDArray beta,
            INDArray globalMean,
            INDArray globalVariance,
            double decay,
            double epsilon,
            CNN2DFormat format,
            LayerWorkspaceMgr workspaces) {
        ChannelImages input = ChannelImages.of(x);
        INDArray y = workspaces.createUninitialized(ArrayType.ACTIVATIONS, DataType.FLOAT, x.shape(), 'c');
        ChannelImages output = ChannelImages.into(y);
        float[] means = training ? new float[input.channels()] : numbers(globalMean);
        float[] variances = training ? new float[input.channels()] : numbers(globalVariance);
        float[] gammas = numbers(gamma);
        float[] betas = numbers(beta);
        forEachChannel(input.channels(), channel -> {
            if (training) {
                Moments moments = Moments.of(input, channel);
                means[channel] = (float) moments.mean();
                variances[channel] = (float) moments.variance();
            }
            float centre = means[channel];
            float scale = (float) (gammas[channel] / Math.sqrt(variances[channel] + epsilon));
            float shift = betas[channel];
            float[] image = new float[input.pixels()];
            for (int example = 0; example < input.examples(); example++) {
                input.get(example, channel, image);
                for (int i = 0; i < image.length; i++) {
                    image[i] = (image[i] - centre) * scale + shift;
                }
                output.put(example, channel, image);
            }
        });
        if (training) {
            keep(means, variances);
        }
        return y;
    }

    /** With x̂ = (x - mean) / σ: dγ = Σ dy x̂, dβ = Σ dy, dx = γ/σ (dy - dβ/m - x̂ dγ/m), m numbers a channel. */
    @Override
    public Pair<Gradient, INDArray> backpropGradient(
            INDArray x,
            INDArray gradientOfOutput,
            long[] shape,
            INDArray gamma,
            INDArray beta,
            INDArray gradientOfGamma,
            INDArray gradientOfBeta,
            double epsilon,
            CNN2DFormat format,
            LayerWorkspaceMgr workspaces) {
        ChannelImages input = ChannelImages.of(x);
        ChannelImages above = ChannelImages.of(gradientOfOutput);
        INDArray gradientOfInput =
                workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, DataType.FLOAT, x.shape(), 'c');
        ChannelImages below = ChannelImages.into(gradientOfInput);
        float[] means = numbers(requireNonNull(mean));
        float[] variances = numbers(requireNonNull(variance));
        float[] gammas = numbers(gamma);
        float[] ofGamma = new float[input.channels()];
        float[] ofBeta = new float[input.channels()];
        double count = (double) input.examples() * input.pixels();
        forEachChannel(input.channels(), channel -> {
            float centre = means[channel];
            double inverse = 1 / Math.sqrt(variances[channel] + epsilon);
            GradientSums sums = GradientSums.of(input, above, channel, centre);
            ofGamma[channel] = (float) (sums.product() * inverse);
            ofBeta[channel] = (float) sums.sum();
            float scale = (float) (gammas[channel] * inverse);
            float offset = (float) (sums.sum() / count);
            float slope = (float) (sums.product() * inverse * inverse / count);
            float[] values = new float[input.pixels()];
            float[] gradients = new float[input.pixels()];
            for (int example = 0; example < input.examples(); example++) {
                input.get(example, channel, values);
                above.get(example, channel, gradients);
                for (int i = 0; i < values.length; i++) {
                    gradients[i] = (gradients[i] - offset - (values[i] - centre) * slope) * scale;
                }
                below.put(example, channel, gradients);
            }
        });
        Gradient gradient = new DefaultGradient();
        gradient.setGradientFor(BatchNormalizationParamInitializer.GAMMA, assigned(gradientOfGamma, ofGamma));
        gradient.setGradientFor(BatchNormalizationParamInitializer.BETA, assigned(gradientOfBeta, ofBeta));
        return new Pair<>(gradient, gradientOfInput);
    }

    @Override
    public INDArray getMeanCache(DataType type) {
        return requireNonNull(mean, "no batch has been normalised");
    }

    @Override
    public INDArray getVarCache(DataType type) {
        return requireNonNull(variance, "no batch has been normalised");
    }

    @Override
    public Map<String, Long> helperMemoryUse() {
        return Map.of();
    }

    private void forEachChannel(int channels, IntConsumer work) {
        IntStream all = IntStream.range(0, channels);
        if (threads == null) {
            all.forEach(work);
        } else {
            threads.submit(() -> all.parallel().forEach(work)).join();
        }
    }

    private void keep(float[] means, float[] variances) {
        if (mean == null || variance == null) {
            try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                requireNonNull(outside);
                mean = Nd4j.createUninitialized(DataType.FLOAT, means.length);
                variance = Nd4j.createUninitialized(DataType.FLOAT, means.length);
            }
        }
        assigned(mean, means);
        assigned(variance, variances);
    }

    private static float[] numbers(INDArray array) {
        float[] numbers = new float[Math.toIntExact(array.length())];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = array.getFloat(i);
        }
        return numbers;
    }

    private static INDArray assigned(INDArray array, float[] numbers) {
        for (int i = 0; i < numbers.length; i++) {
            array.putScalar(i, numbers[i]);
        }
        return array;
    }

    /** Mean and biased variance of a channel. */
    private record Moments(double mean, double variance) {
        static Moments of(ChannelImages input, int channel) {
            float[] image = new float[input.pixels()];
            input.get(0, channel, image);
            // Moments about a value of the channel do not cancel as those about 0 may.
            float origin = image[0];
            double sum = 0;
            double squares = 0;
            for (int example = 0; example < input.examples(); example++) {
                input.get(example, channel, image);
                // Four sums side by side: one would wait for itself at every number.
                float sum0 = 0;
                float sum1 = 0;
                float sum2 = 0;
                float sum3 = 0;
                float squares0 = 0;
                float squares1 = 0;
                float squares2 = 0;
                float squares3 = 0;
                int i = 0;
                for (; i + 3 < image.length; i += 4) {
                    float value0 = image[i] - origin;
                    float value1 = image[i + 1] - origin;
                    float value2 = image[i + 2] - origin;
                    float value3 = image[i + 3] - origin;
                    sum0 += value0;
                    sum1 += value1;
                    sum2 += value2;
                    sum3 += value3;
                    squares0 += value0 * value0;
                    squares1 += value1 * value1;
                    squares2 += value2 * value2;
                    squares3 += value3 * value3;
                }
                for (; i < image.length; i++) {
                    float value = image[i] - origin;
                    sum0 += value;
                    squares0 += value * value;
                }
                sum += (double) sum0 + sum1 + sum2 + sum3;
                squares += (double) squares0 + squares1 + squares2 + squares3;
            }
            double count = (double) input.examples() * input.pixels();
            double mean = sum / count;
            return new Moments(origin + mean, Math.max(0, squares / count - mean * mean));
        }
    }

    /** Σ dy and Σ dy (x - mean) of a channel. */
    private record GradientSums(double sum, double product) {
        static GradientSums of(ChannelImages input, ChannelImages above, int channel, float centre) {
            float[] values = new float[input.pixels()];
            float[] gradients = new float[input.pixels()];
            double sum = 0;
            double product = 0;
            for (int example = 0; example < input.examples(); example++) {
                input.get(example, channel, values);
                above.get(example, channel, gradients);
                float sum0 = 0;
                float sum1 = 0;
                float product0 = 0;
                float product1 = 0;
                int i = 0;
                for (; i + 1 < values.length; i += 2) {
                    sum0 += gradients[i];
                    sum1 += gradients[i + 1];
                    product0 += gradients[i] * (values[i] - centre);
                    product1 += gradients[i + 1] * (values[i + 1] - centre);
                }
                if (i < values.length) {
                    sum0 += gradients[i];
                    product0 += gradients[i] * (values[i] - centre);
                }
                sum += (double) sum0 + sum1;
                product += (double) product0 + product1;
            }
            return new GradientSums(sum, product);
        }
    }
}
