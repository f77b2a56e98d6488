package org.lamella.report;

import java.awt.AWTError;
import java.awt.Font;
import java.awt.FontFormatException;
import java.awt.font.FontRenderContext;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lamella.LamellaException;

/** The letters of pictures: Liberation Sans, which comes along and is as wide as Arial and Helvetica, letter by letter. */
final class PictureFonts {
    /** What an SVG picture asks for; the widths agree, so that the picture looks the same with either. */
    static final String FAMILIES = "'Liberation Sans', Arimo, Arial, Helvetica, sans-serif";

    /** Measures text as it is drawn: with smooth edges and at fractions of a pixel. */
    static final FontRenderContext MEASURE = new FontRenderContext(null, true, true);

    private static final String REGULAR = "/liberation/LiberationSans-Regular.ttf";
    private static final String BOLD = "/liberation/LiberationSans-Bold.ttf";

    private final Font regular;
    private final Font bold;

    private PictureFonts(Font regular, Font bold) {
        this.regular = regular;
        this.bold = bold;
    }

    private static final class Holder {
        static final PictureFonts LOADED = load();
    }

    /**
     * The fonts, loaded once.
     *
     * @throws LamellaException if this Java cannot draw text
     */
    static PictureFonts get() {
        try {
            return Holder.LOADED;
        } catch (LinkageError | InternalError | AWTError e) {
            if (e.getCause() instanceof LamellaException known) {
                throw known;
            }
            throw new LamellaException(
                    "picture",
                    "this Java cannot draw, because FreeType or fontconfig is missing or there is a screen it cannot open;"
                            + " install them (Debian and Ubuntu: apt-get install libfreetype6 fontconfig"
                            + " fonts-dejavu-core) and start Java with -Djava.awt.headless=true",
                    e);
        }
    }

    /*
     * Java on Linux does not start its font machinery, even for a font from a stream, if fontconfig knows no font, as in
     * a bare container. It then reads a font configuration file instead, if a property names one. So on failure, and only
     * then, such a file is written, with the font that comes along as the one font there is.
     */
    private static PictureFonts load() {
        try {
            return create();
        } catch (InternalError noFontconfig) {
            if (System.getProperty(CONFIGURATION_PROPERTY) != null) {
                throw noFontconfig;
            }
            System.setProperty(CONFIGURATION_PROPERTY, writeConfiguration().toString());
            return create();
        }
    }

    private static final String CONFIGURATION_PROPERTY = "sun.awt.fontconfig";

    private static PictureFonts create() {
        // Start the machinery of graphics and fonts first: reading a font would hide why it does not start.
        new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics().dispose();
        int started = new Font(Font.SANS_SERIF, Font.PLAIN, 1).getNumGlyphs();
        if (started == 0) {
            throw new InternalError("a font without glyphs");
        }
        return new PictureFonts(font(REGULAR), font(BOLD));
    }

    private static Font font(String resource) {
        try (InputStream in = open(resource)) {
            return Font.createFont(Font.TRUETYPE_FONT, in);
        } catch (IOException | FontFormatException e) {
            throw new LamellaException("picture", "the font " + resource + " cannot be loaded: " + e, e);
        }
    }

    private static Path writeConfiguration() {
        try (InputStream in = open(REGULAR)) {
            Path folder = Files.createTempDirectory("lamella-font");
            Path font = folder.resolve("LiberationSans-Regular.ttf");
            Path configuration = folder.resolve("fontconfig.properties");
            Files.copy(in, font);
            String faces = Stream.of("serif", "sansserif", "monospaced", "dialog", "dialoginput")
                    .flatMap(family ->
                            Stream.of("plain", "bold", "italic", "bolditalic").map(style -> family + "." + style))
                    .map(face -> face + ".latin-1=liberation\n")
                    .collect(Collectors.joining());
            Files.writeString(
                    configuration,
                    "version=1\n" + faces + "sequence.allfonts=latin-1\nfilename.liberation=" + font + "\n");
            // In reverse: the folder is deleted last.
            folder.toFile().deleteOnExit();
            font.toFile().deleteOnExit();
            configuration.toFile().deleteOnExit();
            return configuration;
        } catch (IOException e) {
            throw new LamellaException(
                    "picture", "no fonts are installed, and one cannot be written to the temporary folder: " + e, e);
        }
    }

    private static InputStream open(String resource) throws IOException {
        InputStream in = PictureFonts.class.getResourceAsStream(resource);
        if (in == null) {
            throw new IOException(resource + " is not on the class path");
        }
        return in;
    }

    /** A plain font that has the letters of the text. */
    Font regular(String text, double size) {
        return able(regular, Font.PLAIN, text, size);
    }

    /** A bold font that has the letters of the text. */
    Font bold(String text, double size) {
        return able(bold, Font.BOLD, text, size);
    }

    private static Font able(Font font, int style, String text, double size) {
        Font chosen = font.canDisplayUpTo(text) < 0 ? font : new Font(Font.SANS_SERIF, style, 1);
        return chosen.deriveFont(style, (float) size);
    }

    /** How wide a text is drawn. */
    static double width(String text, Font font) {
        return font.getStringBounds(text, MEASURE).getWidth();
    }
}
