/** The command line: one small class a command, and no mathematics. */
@NullMarked
package org.lamella.cli;

import org.jspecify.annotations.NullMarked;
