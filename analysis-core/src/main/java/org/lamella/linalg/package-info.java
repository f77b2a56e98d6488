/** Matrices in native memory, and the BLAS and LAPACK calls that work on them. */
@NullMarked
package org.lamella.linalg;

import org.jspecify.annotations.NullMarked;
