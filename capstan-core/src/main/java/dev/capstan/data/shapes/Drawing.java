package dev.capstan.data.shapes;

import dev.capstan.image.RgbImage;
import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;

/** Draws one image of {@link ShapeImages} from a stream of random numbers. */
final class Drawing {
  private static final int SIDE = ShapeImages.SIDE;

  /** Largest change of a pixel by noise, of 255. */
  private static final double NOISE = 40;

  /** Smallest distance between two colours, as the sum over the channels. */
  private static final double CONTRAST = 110;

  private final SplittableRandom random;
  private final double[] pixels = new double[SIDE * SIDE * 3];

  Drawing(SplittableRandom random) {
    this.random = random;
  }

  /** A figure in front of a background, behind a bar, under noise. */
  RgbImage draw(Figure figure) {
    double[] ground = colour();
    shade(ground, colour());
    double[] ink = colourUnlike(ground);
    Pose bar = new Pose(between(0, SIDE), between(0, SIDE), between(6, 14), angle());
    Pose pose = new Pose(between(11, 21), between(11, 21), between(7.5, 13), angle());
    paint(pose, figure::distance, ink);
    paint(bar, (u, v) -> Math.max(Math.abs(u) - 1, Math.abs(v) - 0.12), colour());
    return finish();
  }

  /** Where a figure stands, how large it is in pixels and how it is turned. */
  private record Pose(double x, double y, double radius, double cos, double sin) {
    Pose(double x, double y, double radius, double angle) {
      this(x, y, radius, StrictMath.cos(angle), StrictMath.sin(angle));
    }
  }

  private double between(double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  private double angle() {
    return between(0, 2 * StrictMath.PI);
  }

  private double[] colour() {
    return new double[] {between(20, 235), between(20, 235), between(20, 235)};
  }

  private double[] colourUnlike(double[] other) {
    while (true) {
      double[] colour = colour();
      double distance = 0;
      for (int c = 0; c < 3; c++) {
        distance += Math.abs(colour[c] - other[c]);
      }
      if (distance >= CONTRAST) {
        return colour;
      }
    }
  }

  /** Fills the image with a colour that turns towards another one across it. */
  private void shade(double[] from, double[] to) {
    double strength = between(0, 0.5);
    double angle = angle();
    double dx = StrictMath.cos(angle) / SIDE;
    double dy = StrictMath.sin(angle) / SIDE;
    for (int i = 0; i < SIDE * SIDE; i++) {
      int row = i / SIDE;
      double across = (i % SIDE - SIDE / 2.0) * dx + (row - SIDE / 2.0) * dy;
      mix(i, from, 1);
      mix(i, to, strength * Math.abs(across));
    }
  }

  private void paint(Pose pose, DoubleBinaryOperator distance, double[] colour) {
    for (int i = 0; i < SIDE * SIDE; i++) {
      double x = (i % SIDE + 0.5 - pose.x) / pose.radius;
      int row = i / SIDE;
      double y = (row + 0.5 - pose.y) / pose.radius;
      double inside =
          -distance.applyAsDouble(pose.cos * x + pose.sin * y, pose.cos * y - pose.sin * x);
      mix(i, colour, Math.max(0, Math.min(1, 0.5 + inside * pose.radius)));
    }
  }

  private void mix(int pixel, double[] colour, double share) {
    for (int c = 0; c < 3; c++) {
      int at = 3 * pixel + c;
      pixels[at] += share * (colour[c] - pixels[at]);
    }
  }

  private RgbImage finish() {
    byte[] bytes = new byte[pixels.length];
    for (int i = 0; i < bytes.length; i++) {
      double value = pixels[i] + between(-NOISE, NOISE);
      bytes[i] = (byte) (int) Math.max(0, Math.min(255, value));
    }
    return new RgbImage(SIDE, SIDE, bytes);
  }
}
