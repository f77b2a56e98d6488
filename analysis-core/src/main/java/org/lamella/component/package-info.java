/** Inside a layer: principal components, dominant examples, and what they do to similarity. */
@NullMarked
package org.lamella.component;

import org.jspecify.annotations.NullMarked;
