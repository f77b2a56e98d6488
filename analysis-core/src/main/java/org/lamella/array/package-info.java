/**
 * Arrays in files, the first axis counting examples: numpy's .npy and .npz, safetensors and HDF5, read without loading them
 * whole, and archives written.
 */
@NullMarked
package org.lamella.array;

import org.jspecify.annotations.NullMarked;
