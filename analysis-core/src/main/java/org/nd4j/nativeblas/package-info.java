/** A name that Deeplearning4j 1.0.0-M2.1 looks for and no longer finds; see {@link org.nd4j.nativeblas.Nd4jCpu}. */
@org.jspecify.annotations.NullMarked
package org.nd4j.nativeblas;
