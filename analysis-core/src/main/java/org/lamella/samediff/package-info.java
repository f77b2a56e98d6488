/** SameDiff graphs in FlatBuffers files, read here and written as ONNX graphs. */
@NullMarked
package org.lamella.samediff;

import org.jspecify.annotations.NullMarked;
