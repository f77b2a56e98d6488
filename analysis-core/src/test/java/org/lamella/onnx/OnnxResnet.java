package org.lamella.onnx;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * Writes CIFAR ResNets (He et al. 2015, section 4.2; projections as in Nguyen, Raghu and Kornblith 2021) as ONNX with random weights: a
 * fixture of a real shape and realistic activations, not a trained network.
 *
 * <p>A network of depth 6n+2 has three stages of n blocks, 9 + 21(depth-2)/6 layers with the input: every convolution (with bias), batch
 * norm, ReLU and add, two projections, pool, flatten and logits. Its weights follow He's initialisation; batch norms have the mean and
 * variance that such weights give, and scales and offsets as trained networks have them.
 *
 * <pre>java -cp … org.lamella.onnx.OnnxResnet FILE DEPTH WIDTH SIZE CHANNELS CLASSES SEED</pre>
 */
public final class OnnxResnet {
    private final OnnxBuilder model = new OnnxBuilder();
    private final Random random;
    private final Plan plan;

    /**
     * What to write.
     *
     * @param depth 6n+2
     * @param width multiplies the 16, 32 and 64 filters of the stages
     * @param size height and width of the images
     */
    public record Plan(int depth, int width, int size, int channels, int classes, long seed) {
        public Plan {
            if (depth < 8 || depth % 6 != 2 || width < 1 || size < 4 || channels < 1 || classes < 2) {
                throw new IllegalArgumentException("no such network: depth is 6n+2, every number positive");
            }
        }

        /** A ResNet for 32 x 32 colour images and ten classes. */
        public static Plan cifar(int depth, int width, long seed) {
            return new Plan(depth, width, 32, 3, 10, seed);
        }

        /** Layers with the input. */
        public int layers() {
            return 9 + 21 * (depth - 2) / 6;
        }
    }

    /** A tensor on the way: its name, its channels and the mean of its squares. */
    private record Flow(String tensor, int channels, double power) {}

    private OnnxResnet(Plan plan) {
        this.plan = plan;
        this.random = new Random(plan.seed());
    }

    /** Writes the network and returns the file. */
    public static Path write(Plan plan, Path file) {
        OnnxResnet network = new OnnxResnet(plan);
        network.build();
        return network.model.write(file);
    }

    /** Writes the network that the arguments describe. */
    public static void main(String[] arguments) {
        int[] numbers = java.util.Arrays.stream(arguments)
                .skip(1)
                .mapToInt(Integer::parseInt)
                .toArray();
        write(new Plan(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]), Path.of(arguments[0]));
    }

    private void build() {
        model.input("image", "N", plan.channels(), plan.size(), plan.size());
        Flow flow = new Flow("image", plan.channels(), 1);
        flow = relu("stem", normalize("stem", convolve("stem.conv", flow, 16 * plan.width(), 3, 1), ".bn"), ".relu");
        for (int stage = 1; stage <= 3; stage++) {
            for (int block = 1; block <= (plan.depth() - 2) / 6; block++) {
                int stride = stage > 1 && block == 1 ? 2 : 1;
                flow = block("stage" + stage + ".block" + block, flow, (8 << stage) * plan.width(), stride);
            }
        }
        model.node("GlobalAveragePool", "pool", "pool", List.of(flow.tensor()));
        model.node("Flatten", "flatten", "flatten", List.of("pool"));
        weights("logits.weight", Math.sqrt(1.0 / flow.channels()), plan.classes(), flow.channels());
        weights("logits.bias", 0.01, plan.classes());
        model.node(
                "Gemm",
                "logits",
                "logits",
                List.of("flatten", "logits.weight", "logits.bias"),
                OnnxBuilder.integer("transB", 1));
        model.output("logits");
    }

    private Flow block(String name, Flow input, int channels, int stride) {
        Flow skip = stride == 1 ? input : convolve(name + ".projection", input, channels, 1, stride);
        Flow first = normalize(name, convolve(name + ".conv1", input, channels, 3, stride), ".bn1");
        Flow second = normalize(name, convolve(name + ".conv2", relu(name, first, ".relu1"), channels, 3, 1), ".bn2");
        model.node("Add", name + ".add", name + ".add", List.of(second.tensor(), skip.tensor()));
        return relu(name, new Flow(name + ".add", channels, second.power() + skip.power()), ".relu2");
    }

    private Flow convolve(String name, Flow input, int filters, int kernel, int stride) {
        int fan = input.channels() * kernel * kernel;
        weights(name + ".weight", Math.sqrt(2.0 / fan), filters, input.channels(), kernel, kernel);
        weights(name + ".bias", 0.01, filters);
        int pad = kernel / 2;
        model.node(
                "Conv",
                name,
                name,
                List.of(input.tensor(), name + ".weight", name + ".bias"),
                OnnxBuilder.ints("kernel_shape", kernel, kernel),
                OnnxBuilder.ints("strides", stride, stride),
                OnnxBuilder.ints("pads", pad, pad, pad, pad));
        return new Flow(name, filters, 2 * input.power());
    }

    private Flow normalize(String block, Flow input, String suffix) {
        String name = block + suffix;
        int channels = input.channels();
        double deviation = Math.sqrt(input.power());
        float[] variance = new float[channels];
        for (int channel = 0; channel < channels; channel++) {
            variance[channel] = (float) (input.power() * Math.exp(0.3 * random.nextGaussian()));
        }
        model.weights(name + ".scale", normal(channels, 0.2, 0.8), channels);
        model.weights(name + ".offset", normal(channels, 0.3, 0), channels);
        model.weights(name + ".mean", normal(channels, 0.3 * deviation, 0), channels);
        model.weights(name + ".variance", variance, channels);
        model.node(
                "BatchNormalization",
                name,
                name,
                List.of(input.tensor(), name + ".scale", name + ".offset", name + ".mean", name + ".variance"),
                OnnxBuilder.number("epsilon", 1e-5f));
        return new Flow(name, channels, 1);
    }

    private Flow relu(String block, Flow input, String suffix) {
        model.node("Relu", block + suffix, block + suffix, List.of(input.tensor()));
        return new Flow(block + suffix, input.channels(), 0.6 * input.power());
    }

    private void weights(String name, double deviation, int... lengths) {
        int count = 1;
        long[] shape = new long[lengths.length];
        for (int axis = 0; axis < lengths.length; axis++) {
            count *= lengths[axis];
            shape[axis] = lengths[axis];
        }
        model.weights(name, normal(count, deviation, 0), shape);
    }

    private float[] normal(int count, double deviation, double mean) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (mean + deviation * random.nextGaussian());
        }
        return values;
    }
}
