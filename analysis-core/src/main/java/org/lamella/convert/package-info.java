/** Writes Deeplearning4j networks as ONNX graphs that give the same activations, and graphs for others who do so. */
@NullMarked
package org.lamella.convert;

import org.jspecify.annotations.NullMarked;
