/** Many trainings: the cells of a sweep, run side by side, and the table of what came of them. */
@NullMarked
package org.lamella.samples.sweep;

import org.jspecify.annotations.NullMarked;
