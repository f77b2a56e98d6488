/** Families of networks in width and depth, what they cost, and what is added to them while they are trained. */
@NullMarked
package org.lamella.samples.network;

import org.jspecify.annotations.NullMarked;
