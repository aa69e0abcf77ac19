package dev.capstan.chart;

import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes the elements of an SVG picture, one a line. Attributes are given as {@code name=value}.
 */
final class SvgWriter {
  private final StringWriter written = new StringWriter();
  private final XMLStreamWriter xml;

  /** A picture of this size in pixels. */
  SvgWriter(double width, double height) {
    try {
      xml = XMLOutputFactory.newFactory().createXMLStreamWriter(written);
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
    open(
        "svg",
        "xmlns=http://www.w3.org/2000/svg",
        "viewBox=0 0 %s %s".formatted(number(width), number(height)),
        "width=" + number(width),
        "height=" + number(height),
        "font-family=Helvetica, Arial, sans-serif",
        "font-size=12",
        "fill=#222222");
  }

  /** A length, to a tenth of a pixel. */
  static String number(double pixels) {
    BigDecimal rounded = BigDecimal.valueOf(pixels).setScale(1, RoundingMode.HALF_EVEN);
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }

  /** Opens an element, which {@link #close} closes. */
  void open(String element, String... attributes) {
    write(
        () -> {
          xml.writeCharacters("\n");
          xml.writeStartElement(element);
          for (String attribute : attributes) {
            int equals = attribute.indexOf('=');
            xml.writeAttribute(attribute.substring(0, equals), attribute.substring(equals + 1));
          }
        });
  }

  void close() {
    write(xml::writeEndElement);
  }

  /** What is drawn from here on has its origin at a place; {@link #close} ends it. */
  void moveTo(double x, double y) {
    open("g", "transform=translate(%s,%s)".formatted(number(x), number(y)));
  }

  /** Words whose baseline starts at a place, ends there or has its middle there. */
  void text(double x, double y, String anchor, String words) {
    open("text", "x=" + number(x), "y=" + number(y), "text-anchor=" + anchor);
    write(() -> xml.writeCharacters(words));
    close();
  }

  /** An outline, in SVG's own notation. */
  void path(String outline, String stroke, double width, String fill) {
    open(
        "path",
        "d=" + outline,
        "stroke=" + stroke,
        "stroke-width=" + number(width),
        "fill=" + fill);
    close();
  }

  /** The picture; nothing can be added after. */
  String end() {
    close();
    return written.toString().strip() + "\n";
  }

  private interface Part {
    void write() throws XMLStreamException;
  }

  private static void write(Part part) {
    try {
      part.write();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a string cannot fail to be written to", e);
    }
  }
}
