/** Heat maps as pictures, and the page that shows a run. */
@NullMarked
package org.lamella.report;

import org.jspecify.annotations.NullMarked;
