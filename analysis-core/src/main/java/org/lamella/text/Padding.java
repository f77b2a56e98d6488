package org.lamella.text;

/**
 * How texts are brought to one length.
 *
 * @param id of the token that fills
 * @param isLeft whether it goes before the text
 */
record Padding(long id, boolean isLeft) {}
