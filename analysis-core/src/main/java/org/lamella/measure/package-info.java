/** Measures of how similar two layers are, beside minibatch CKA: on all examples at once, with their chance level. */
@NullMarked
package org.lamella.measure;

import org.jspecify.annotations.NullMarked;
