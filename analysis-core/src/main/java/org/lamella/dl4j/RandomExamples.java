package org.lamella.dl4j;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.lamella.data.Dataset;

/** Gaussian examples, always the same: something to run a network on where nobody has given data. */
record RandomExamples(List<Integer> shape, int size) implements Dataset {
    @Override
    public String name() {
        return "random examples";
    }

    @Override
    public void read(int[] examples, FloatBuffer into) {
        for (int example : examples) {
            Random random = new Random(example);
            for (int i = 0; i < features(); i++) {
                into.put((float) random.nextGaussian());
            }
        }
    }

    @Override
    public OptionalInt label(int example) {
        return OptionalInt.empty();
    }

    @Override
    public String id(int example) {
        return "random " + example;
    }
}
