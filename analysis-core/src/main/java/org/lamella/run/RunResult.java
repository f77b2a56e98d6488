package org.lamella.run;

import org.lamella.similarity.CkaMatrix;

/**
 * A finished run: what was run, and what came out.
 *
 * @param cka one square matrix over all layers of all models
 */
public record RunResult(RunManifest manifest, CkaMatrix cka) {}
