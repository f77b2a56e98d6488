/** Measures how fast the computation is, beside what the machine and others can do. */
@NullMarked
package org.lamella.benchmark;

import org.jspecify.annotations.NullMarked;
