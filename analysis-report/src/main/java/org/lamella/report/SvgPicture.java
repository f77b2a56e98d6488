package org.lamella.report;

import java.awt.Dimension;
import java.awt.Graphics;
import java.awt.Image;
import java.awt.Shape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.util.Base64;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.batik.svggen.DefaultImageHandler;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Heat maps as SVG. Letters stay letters; the cells are one image inside, a few kilobytes where a shape for each cell would
 * take megabytes, and fine enough to stay sharp in print.
 */
final class SvgPicture {
    private static final String SVG = SVGGraphics2D.SVG_NAMESPACE_URI;
    private static final String XLINK = "http://www.w3.org/1999/xlink";
    /** Pixels that the longer side of the cells' image has at least. */
    private static final int FINENESS = 1500;

    private SvgPicture() {}

    static byte[] of(Heatmap heatmap) {
        return of(HeatmapChart.of(heatmap, density(heatmap)), heatmap.title());
    }

    /** Pixels of the cells' image to a unit of the picture. */
    static int density(Heatmap heatmap) {
        int longest = Math.max(
                        heatmap.matrix().rows().size(),
                        heatmap.matrix().columns().size())
                * heatmap.cellSize();
        return Math.max(2, 1 + FINENESS / longest);
    }

    /** @param name of the picture, for those who do not see it */
    static byte[] of(Drawing chart, String name) {
        Document document = newDocument();
        var context = SVGGeneratorContext.createDefault(document);
        context.setComment(null);
        context.setImageHandler(new InlineImages());
        context.setPrecision(4);
        var canvas = new Unclipped(context);
        canvas.setSVGCanvasSize(new Dimension(chart.width(), chart.height()));
        chart.draw(canvas);
        Element root = canvas.getRoot();
        canvas.dispose();
        root.setAttributeNS(null, "viewBox", "0 0 %d %d".formatted(chart.width(), chart.height()));
        root.setAttributeNS(null, "role", "img");
        Element title = document.createElementNS(SVG, "title");
        title.setTextContent(Label.printable(name));
        root.insertBefore(title, root.getFirstChild());
        nameFonts(root);
        return serialise(root);
    }

    /** Without the document type that Batik would name: some readers fetch it from the network. */
    private static byte[] serialise(Element root) {
        var bytes = new ByteArrayOutputStream();
        try {
            var transformer = TransformerFactory.newInstance().newTransformer();
            transformer.setOutputProperty(OutputKeys.ENCODING, "UTF-8");
            transformer.setOutputProperty(OutputKeys.STANDALONE, "yes");
            transformer.transform(new DOMSource(root), new StreamResult(bytes));
        } catch (TransformerException e) {
            throw new IllegalStateException("this Java cannot write XML", e);
        }
        return bytes.toByteArray();
    }

    private static Document newDocument() {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .getDOMImplementation()
                    .createDocument(SVG, "svg", null);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("this Java has no XML", e);
        }
    }

    /** A viewer without the font takes one as wide, so that texts still end where they should. */
    private static void nameFonts(Element root) {
        replaceFont(root);
        NodeList all = root.getElementsByTagNameNS(SVG, "*");
        for (int i = 0; i < all.getLength(); i++) {
            replaceFont((Element) all.item(i));
        }
    }

    private static void replaceFont(Element element) {
        if (element.getAttribute("font-family").contains("Liberation")) {
            element.setAttribute("font-family", PictureFonts.FAMILIES);
        }
    }

    /** Draws without clips, of which there would be one for each text: a heat map draws nothing outside of itself. */
    private static final class Unclipped extends SVGGraphics2D {
        Unclipped(SVGGeneratorContext context) {
            super(context, false);
        }

        private Unclipped(Unclipped other) {
            super(other);
        }

        @Override
        public Graphics create() {
            return new Unclipped(this);
        }

        @Override
        public void clip(Shape shape) {}

        @Override
        public void setClip(Shape shape) {}
    }

    /** Puts an image into the document itself, and asks that its pixels stay squares. */
    private static final class InlineImages extends DefaultImageHandler {
        @Override
        protected void handleHREF(Image image, Element element, SVGGeneratorContext context) {
            String content = Base64.getEncoder().encodeToString(PngPicture.encode((BufferedImage) image, 1));
            element.setAttributeNS(XLINK, "xlink:href", "data:image/png;base64," + content);
            element.setAttributeNS(null, "style", "image-rendering:pixelated");
        }
    }
}
