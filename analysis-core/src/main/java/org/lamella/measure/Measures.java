package org.lamella.measure;

import java.util.List;
import java.util.stream.Collectors;
import org.lamella.LamellaException;
import org.lamella.similarity.Estimator;

/** All measures, by name. */
public final class Measures {
    private Measures() {}

    /**
     * What some measures leave open.
     *
     * @param rbfBandwidth as a part of the median distance
     * @param svccaShare of the variance
     * @param ccaRidge 0 for none
     * @param neighbours of the Jaccard similarity
     */
    public record Settings(double rbfBandwidth, double svccaShare, double ccaRidge, int neighbours) {
        /** Half of the median distance, 99 % of the variance, no ridge, ten neighbours. */
        public static Settings defaults() {
            return new Settings(0.5, 0.99, 0, 10);
        }
    }

    /** All there are. */
    public static List<Measure<?>> all(Settings settings) {
        return List.of(
                new LinearCka(Estimator.UNBIASED),
                new LinearCka(Estimator.BIASED),
                new RbfCka(settings.rbfBandwidth()),
                new CanonicalCorrelation(CanonicalCorrelation.Mean.CORRELATIONS, settings.ccaRidge()),
                new CanonicalCorrelation(CanonicalCorrelation.Mean.SQUARES, settings.ccaRidge()),
                new Svcca(settings.svccaShare()),
                new Pwcca(),
                new OrthogonalProcrustes(OrthogonalProcrustes.Form.SQUARED),
                new OrthogonalProcrustes(OrthogonalProcrustes.Form.ANGLE),
                new RepresentationalSimilarity(RepresentationalSimilarity.Correlation.PEARSON),
                new RepresentationalSimilarity(RepresentationalSimilarity.Correlation.SPEARMAN),
                new NeighbourJaccard(settings.neighbours()),
                new DistanceCorrelation());
    }

    /** Their names, for a message or a help text. */
    public static String names() {
        return all(Settings.defaults()).stream().map(Measure::name).collect(Collectors.joining(", "));
    }

    /**
     * The measure of a name.
     *
     * @throws LamellaException if there is none
     */
    public static Measure<?> named(String name, Settings settings) {
        return all(settings).stream()
                .filter(measure -> measure.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new LamellaException("--measure " + name, "there is no such measure; there are " + names()));
    }
}
