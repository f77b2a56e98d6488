package org.lamella.report;

import java.awt.Color;

/** The colours of a picture apart from its cells. */
final class Ink {
    static final Color STRONG = new Color(0x1c1c1e);
    static final Color TEXT = new Color(0x3a3a3e);
    static final Color RULE = new Color(0x8e8e93);
    static final Color PAPER = Color.WHITE;

    private Ink() {}
}
