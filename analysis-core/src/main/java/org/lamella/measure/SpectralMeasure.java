package org.lamella.measure;

/**
 * A measure of the overlap Uᵀ Uʹ of the directions of two layers' examples, U and Uʹ being the left singular vectors of their centred
 * features, in some weighting.
 *
 * <p>Cost: for each layer one decomposition, which all these measures of a run share; for each pair a product of n × r × rʹ numbers
 * and, but for mean squared CCA, the singular values of an r × rʹ matrix: 8/3 r³ operations. With thousands of examples and as many
 * directions that is seconds a pair.
 */
sealed interface SpectralMeasure extends Measure<Subspace>
        permits CanonicalCorrelation, Svcca, Pwcca, OrthogonalProcrustes {}
