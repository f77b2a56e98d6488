/** Lamella: what the layers of a trained network have in common. This package holds what every room shares. */
@NullMarked
package org.lamella;

import org.jspecify.annotations.NullMarked;
