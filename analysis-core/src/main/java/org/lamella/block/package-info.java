/** Blocks: long runs of layers that are nearly the same representation, and how sure they are. */
@NullMarked
package org.lamella.block;

import org.jspecify.annotations.NullMarked;
