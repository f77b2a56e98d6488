/** ONNX graphs: what tensors they compute, and how ONNX Runtime is made to hand them out. */
@NullMarked
package org.lamella.onnx;

import org.jspecify.annotations.NullMarked;
