package org.lamella.benchmark;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Layer;
import org.lamella.array.Float32Archive;
import org.lamella.data.Datasets;
import org.lamella.model.Checkpoints;
import org.lamella.onnx.OnnxResnet;
import org.lamella.similarity.Cka;
import org.lamella.similarity.Estimator;

/**
 * The way from an ONNX network and images to CKA, and its two limits: ONNX Runtime's own forward pass with every layer tapped and
 * nothing done with it, and {@code sgemm}, one product on each thread side by side.
 *
 * <pre>java -cp … org.lamella.benchmark.ResnetTiming FOLDER DEPTH BATCH BATCHES THREADS</pre>
 */
final class ResnetTiming {
    private static final int IMAGE = 3 * 32 * 32;

    private ResnetTiming() {}

    public static void main(String[] arguments) throws IOException, OrtException {
        Path folder = Path.of(arguments[0]);
        int depth = Integer.parseInt(arguments[1]);
        int batch = Integer.parseInt(arguments[2]);
        int examples = batch * Integer.parseInt(arguments[3]);
        int threads = Integer.parseInt(arguments[4]);
        Path network = OnnxResnet.write(OnnxResnet.Plan.cifar(depth, 1, 7), folder.resolve("resnet.onnx"));
        Path images = images(folder.resolve("images.npz"), examples);
        try (var model = Checkpoints.open(network).withThreads(threads);
                ActivationSource source = model.on(Datasets.npz(images));
                var forward = new PlainForward(network, batch, threads);
                var products = new SideBySide(threads)) {
            Cka cka = Cka.of(source).with(new Cka.Options(Estimator.UNBIASED, batch, 1, 0, 0, threads));
            List<Layer> layers = source.layers();
            Turns.take(
                    Map.of(
                            "about", "ResNet-" + depth,
                            "layers", layers.size(),
                            "features",
                                    layers.stream().mapToLong(Layer::features).sum()),
                    Map.of(
                            "forward",
                                    () -> {
                                        for (int i = 0; i < cka.plan().batches(); i++) {
                                            forward.batch();
                                        }
                                    },
                            "whole", cka::compute,
                            "sgemm", products::multiply));
        }
    }

    private static Path images(Path file, int count) throws IOException {
        var random = new SplittableRandom(7);
        float[] pixels = new float[count * IMAGE];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextGaussian();
        }
        try (var archive = new Float32Archive(file)) {
            archive.add("x", pixels, count, 3, 32, 32);
        }
        return file;
    }

    /** The same product on every thread at once. */
    private static final class SideBySide implements AutoCloseable {
        private final List<SquareProduct> products = new ArrayList<>();
        private final ExecutorService pool;

        SideBySide(int threads) {
            pool = Executors.newFixedThreadPool(threads);
            for (int i = 0; i < threads; i++) {
                products.add(new SquareProduct(i));
            }
        }

        void multiply() {
            CompletableFuture.allOf(products.stream()
                            .map(product -> CompletableFuture.runAsync(product::multiply, pool))
                            .toArray(CompletableFuture<?>[]::new))
                    .join();
        }

        @Override
        public void close() {
            pool.shutdown();
            products.forEach(SquareProduct::close);
        }
    }
}
