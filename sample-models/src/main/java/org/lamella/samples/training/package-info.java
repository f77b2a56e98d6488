/** The training of one network: from a specification and data to a checkpoint. */
@NullMarked
package org.lamella.samples.training;

import org.jspecify.annotations.NullMarked;
