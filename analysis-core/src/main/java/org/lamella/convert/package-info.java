/** Writes Deeplearning4j networks as ONNX graphs that give the same activations. */
@NullMarked
package org.lamella.convert;

import org.jspecify.annotations.NullMarked;
