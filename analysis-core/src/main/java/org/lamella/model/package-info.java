/** Checkpoints: which layers a model has, and how it runs. */
@NullMarked
package org.lamella.model;

import org.jspecify.annotations.NullMarked;
