/** What is measured of the training, inside its package for what is not public. */
@NullMarked
package org.lamella.samples.training;

import org.jspecify.annotations.NullMarked;
