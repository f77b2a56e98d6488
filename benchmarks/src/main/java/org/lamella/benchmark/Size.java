package org.lamella.benchmark;

import java.util.List;

/** How much is measured. */
enum Size {
    /** What the README shows. */
    FULL(7, 1, 256, 3) {
        @Override
        List<StoredCase> stored() {
            return List.of(
                    new StoredCase(50, 256, 1024, 8),
                    new StoredCase(20, 256, 4096, 8),
                    new StoredCase(200, 256, 256, 8));
        }

        @Override
        List<Integer> depths() {
            return List.of(20, 56);
        }
    },
    /** Only to see that it works; the numbers mean nothing. */
    QUICK(2, 0.02, 16, 2) {
        @Override
        List<StoredCase> stored() {
            return List.of(new StoredCase(6, 64, 128, 4));
        }

        @Override
        List<Integer> depths() {
            return List.of(8);
        }
    };

    /** Threads on either side. */
    static final int THREADS = 2;

    private final int rounds;
    private final double turnSeconds;
    private final int images;
    private final int imageBatches;

    Size(int rounds, double turnSeconds, int images, int imageBatches) {
        this.rounds = rounds;
        this.turnSeconds = turnSeconds;
        this.images = images;
        this.imageBatches = imageBatches;
    }

    /** Stored activations to compare. */
    abstract List<StoredCase> stored();

    /** Depths of the ResNets to run. */
    abstract List<Integer> depths();

    /** How often each side has its turn. */
    int rounds() {
        return rounds;
    }

    /** About how long a turn takes; work that takes longer is done once a turn. */
    double turnSeconds() {
        return turnSeconds;
    }

    /** Images in a batch for the ResNets. */
    int images() {
        return images;
    }

    /** Batches of images. */
    int imageBatches() {
        return imageBatches;
    }
}
