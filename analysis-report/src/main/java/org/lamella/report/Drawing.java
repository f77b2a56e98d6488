package org.lamella.report;

import java.awt.Graphics2D;

/** A picture that is laid out and knows its size, in pixels of a screen of ordinary density. */
interface Drawing {
    int width();

    int height();

    /** Draws it with its upper left corner at the origin. */
    void draw(Graphics2D canvas);
}
