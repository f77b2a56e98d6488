/** Network families of chosen depth and width, how they are trained, and the small trained pair that ships. */
@NullMarked
package org.lamella.samples;

import org.jspecify.annotations.NullMarked;
