/** HSIC sums over minibatches and the CKA matrices made of them. */
@NullMarked
package org.lamella.similarity;

import org.jspecify.annotations.NullMarked;
