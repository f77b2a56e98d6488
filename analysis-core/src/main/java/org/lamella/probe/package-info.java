/** Linear probes: how well a linear classifier tells the classes from a layer's activation. */
@NullMarked
package org.lamella.probe;

import org.jspecify.annotations.NullMarked;
