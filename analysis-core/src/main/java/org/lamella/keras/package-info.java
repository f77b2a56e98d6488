/** Keras models in HDF5 files, imported by Deeplearning4j. The files are read in Java; nothing in them is run. */
@NullMarked
package org.lamella.keras;

import org.jspecify.annotations.NullMarked;
