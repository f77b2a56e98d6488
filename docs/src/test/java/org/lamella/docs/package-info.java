/** Holds the documentation to the program: links, command lines, code and field names in it are checked. */
@NullMarked
package org.lamella.docs;

import org.jspecify.annotations.NullMarked;
