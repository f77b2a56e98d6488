/** What a layer answers to a batch of examples: sources of activations, and the stored form. */
@NullMarked
package org.lamella.activation;

import org.jspecify.annotations.NullMarked;
