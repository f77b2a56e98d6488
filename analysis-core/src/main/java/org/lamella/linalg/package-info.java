/** Float32 matrices in native memory and the BLAS calls that work on them. */
@NullMarked
package org.lamella.linalg;

import org.jspecify.annotations.NullMarked;
