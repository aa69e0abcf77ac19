package dev.capstan.zoo;

/** A network but for its number of classes. */
interface Architecture {
  /** The number of classes where no weights tell. */
  int defaultClasses();

  /** The last layer, whose weights tell the number of classes. */
  String classifier();

  /** The network for a number of classes. */
  Blueprint blueprint(String name, int classes);
}
