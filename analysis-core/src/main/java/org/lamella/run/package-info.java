/** The run directory: the plan of a run, its partial sums, its results and how they are written. */
@NullMarked
package org.lamella.run;

import org.jspecify.annotations.NullMarked;
