/** Texts as tokens: what a tokenizer.json says, and the library that follows it. */
@NullMarked
package org.lamella.text;

import org.jspecify.annotations.NullMarked;
