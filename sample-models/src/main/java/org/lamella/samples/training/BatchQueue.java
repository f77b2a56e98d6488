package org.lamella.samples.training;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.lamella.data.Dataset;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Reads and changes the next batch on a thread of its own while the network learns from this one. */
final class BatchQueue implements AutoCloseable {
    private final Dataset data;
    private final int classes;
    private final TrainingSpec spec;
    private final ExecutorService reader = Executors.newSingleThreadExecutor(task -> {
        var thread = new Thread(task, "lamella-batches");
        thread.setDaemon(true);
        return thread;
    });
    private @Nullable CompletableFuture<Numbers> next;

    /** A batch in Java's memory. */
    private static final class Numbers {
        private final float[] images;
        private final float[] labels;

        Numbers(int imageNumbers, int labelNumbers) {
            images = new float[imageNumbers];
            labels = new float[labelNumbers];
        }
    }

    /** A batch in ND4J's; closed by who takes it. */
    record Arrays(INDArray images, INDArray labels) implements AutoCloseable {
        @Override
        public void close() {
            images.close();
            labels.close();
        }
    }

    BatchQueue(Dataset data, int classes, TrainingSpec spec) {
        this.data = data;
        this.classes = classes;
        this.spec = spec;
    }

    /** Starts to read a batch. */
    void order(int epoch, int[] examples) {
        next = CompletableFuture.supplyAsync(() -> read(epoch, examples), reader);
    }

    /** The batch ordered. */
    Arrays take() {
        if (next == null) {
            throw new IllegalStateException("no batch was ordered");
        }
        try {
            Numbers numbers = next.join();
            int size = numbers.labels.length / classes;
            return new Arrays(
                    Nd4j.create(numbers.images, shape(data.shape(), size)),
                    Nd4j.create(numbers.labels, new int[] {size, classes}));
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    static int[] shape(List<Integer> example, int size) {
        int[] shape = new int[example.size() + 1];
        shape[0] = size;
        for (int axis = 0; axis < example.size(); axis++) {
            shape[axis + 1] = example.get(axis);
        }
        return shape;
    }

    private Numbers read(int epoch, int[] examples) {
        var numbers = new Numbers(examples.length * data.features(), examples.length * classes);
        data.read(examples, FloatBuffer.wrap(numbers.images));
        ImageAugmentation augmentation = new ImageAugmentation(spec.augmentation(), data.shape());
        for (int i = 0; i < examples.length; i++) {
            // From the example's own seed, so that a training that is resumed sees the same images.
            augmentation.apply(
                    numbers.images,
                    i * data.features(),
                    new SplittableRandom(TrainingSpec.mixed(spec.seeds().augmentation(), epoch, examples[i])));
            numbers.labels[i * classes + data.label(examples[i]).orElseThrow()] = 1;
        }
        return numbers;
    }

    @Override
    public void close() {
        reader.shutdownNow();
    }
}
