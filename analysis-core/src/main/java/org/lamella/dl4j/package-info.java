/** Deeplearning4j's networks: reading their files, describing their layers, and running them vertex by vertex. */
@NullMarked
package org.lamella.dl4j;

import org.jspecify.annotations.NullMarked;
