/** Labelled examples in a fixed order, and the readers of the files they come in. */
@NullMarked
package org.lamella.data;

import org.jspecify.annotations.NullMarked;
