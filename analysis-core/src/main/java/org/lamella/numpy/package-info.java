/** The files of numpy: arrays in .npy form, alone or in an .npz archive, read without loading them whole, and written. */
@NullMarked
package org.lamella.numpy;

import org.jspecify.annotations.NullMarked;
