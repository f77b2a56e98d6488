package org.lamella.samples.network;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;

/**
 * A network as it is asked for, before the data say what an example is. Exactly one of width, filters and parameters is given.
 *
 * @param family which kind
 * @param depth layers with weights, as the family counts them
 * @param width factor on the number of filters, or units of a hidden layer of an mlp
 * @param filters of the three stages of a convolutional network
 * @param parameters how many the network may have: the width is chosen so that it comes as near to them as it can
 * @param shortcut how residual blocks change size; projections if nothing is said
 * @param normalization whether there is batch normalisation; if nothing is said, in convolutional networks
 */
public record Architecture(
        Family family,
        int depth,
        @Nullable Integer width,
        @Nullable List<Integer> filters,
        @Nullable Long parameters,
        @Nullable Shortcut shortcut,
        @Nullable Boolean normalization) {
    /** How far a network may be from the parameters asked for. */
    private static final double TOLERANCE = 0.01;

    private static final int LARGEST_WIDTH = 1 << 20;

    /** Filters by which the second stage may be off twice the first; the third may be off by twice as many. */
    private static final int REFINEMENT = 3;

    public Architecture {
        if (Stream.of(width, filters, parameters).filter(Objects::nonNull).count() != 1) {
            throw new LamellaException("network", "needs one of width, filters and parameters, and no more than one");
        }
        if (family == Family.MLP && (filters != null || shortcut != null)) {
            throw new LamellaException("network", "an mlp has no filters and no shortcuts");
        }
        if (family == Family.PLAIN && shortcut != null) {
            throw new LamellaException("network", "a plain network has no shortcuts");
        }
        if (family == Family.RESNET && shortcut == Shortcut.NONE) {
            throw new LamellaException("network", "a resnet without shortcuts is of family plain");
        }
    }

    /** A network of a width, with everything else as usual. */
    public static Architecture of(Family family, int depth, int width) {
        return new Architecture(family, depth, width, null, null, null, null);
    }

    /** A network of so many parameters, give or take 1 %, with everything else as usual. */
    public static Architecture ofParameters(Family family, int depth, long parameters) {
        return new Architecture(family, depth, null, null, parameters, null, null);
    }

    /**
     * The network for examples of a shape.
     *
     * @param shape features, or channels, height and width
     * @throws LamellaException if there is none, or none within 1 % of the parameters asked for
     */
    public Network network(List<Integer> shape, int classes) {
        if (width != null) {
            return ofWidth(width, shape, classes);
        }
        return filters != null
                ? convolutional(filters, shape, classes)
                : matched(Objects.requireNonNull(parameters), shape, classes);
    }

    private Network ofWidth(int chosen, List<Integer> shape, int classes) {
        return family == Family.MLP
                ? new Perceptron(depth, chosen, Boolean.TRUE.equals(normalization), shape, classes)
                : convolutional(ConvolutionalNetwork.filtersOf(chosen), shape, classes);
    }

    private Network convolutional(List<Integer> chosen, List<Integer> shape, int classes) {
        if (shape.size() != 3 || !shape.get(1).equals(shape.get(2))) {
            throw new LamellaException("network", "a convolutional network needs square images, not " + shape);
        }
        return new ConvolutionalNetwork(
                depth,
                chosen,
                family == Family.PLAIN ? Shortcut.NONE : shortcut == null ? Shortcut.PROJECTION : shortcut,
                !Boolean.FALSE.equals(normalization),
                shape.get(0),
                shape.get(1),
                classes);
    }

    private Network matched(long wanted, List<Integer> shape, int classes) {
        Network nearest = family == Family.MLP
                ? nearest(wanted, size -> ofWidth(size, shape, classes))
                : refined(wanted, nearest(wanted, size -> convolutional(scaled(size), shape, classes)), shape, classes);
        long spent = NetworkCost.of(nearest).parameters();
        if (Math.abs(spent - wanted) > TOLERANCE * wanted) {
            throw new LamellaException(
                    "network",
                    "no %s of depth %d has %,d parameters, give or take 1 %%; the nearest has %,d"
                            .formatted(family.name().toLowerCase(Locale.ROOT), depth, wanted, spent));
        }
        return nearest;
    }

    /** Filters that double from stage to stage. */
    private static List<Integer> scaled(int first) {
        return List.of(first, 2 * first, 4 * first);
    }

    /** Doubling is a coarse step: of the networks with a few filters more or fewer in each stage, the nearest. */
    private Network refined(long wanted, Network doubled, List<Integer> shape, int classes) {
        if (shortcut == Shortcut.IDENTITY || !(doubled instanceof ConvolutionalNetwork start)) {
            return doubled;
        }
        Network best = doubled;
        long away = Math.abs(NetworkCost.of(doubled).parameters() - wanted);
        int first = start.filters().get(0);
        for (int second = 2 * first - REFINEMENT; second <= 2 * first + REFINEMENT; second++) {
            for (int third = 4 * first - 2 * REFINEMENT; third <= 4 * first + 2 * REFINEMENT; third++) {
                if (second >= first && third >= second) {
                    Network other = convolutional(List.of(first, second, third), shape, classes);
                    long further = Math.abs(NetworkCost.of(other).parameters() - wanted);
                    if (further < away) {
                        best = other;
                        away = further;
                    }
                }
            }
        }
        return best;
    }

    private interface Sized {
        Network of(int size);
    }

    /** By bisection: parameters grow with the size. */
    private static Network nearest(long wanted, Sized sized) {
        int low = 1;
        int high = 1;
        while (high < LARGEST_WIDTH && NetworkCost.of(sized.of(high)).parameters() < wanted) {
            low = high;
            high *= 2;
        }
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (NetworkCost.of(sized.of(middle)).parameters() < wanted) {
                low = middle;
            } else {
                high = middle;
            }
        }
        Network below = sized.of(low);
        Network above = sized.of(high);
        return wanted - NetworkCost.of(below).parameters()
                        < NetworkCost.of(above).parameters() - wanted
                ? below
                : above;
    }
}
