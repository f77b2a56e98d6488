/** What can be cut out of a network, choosing it, cutting it, and proving that the cut was harmless. */
@NullMarked
package org.lamella.prune;

import org.jspecify.annotations.NullMarked;
