package dev.capstan.data;

/** Which images are meant where a folder holds both kinds, as CIFAR's archives do. */
public enum Split {
  /** Images to learn from. */
  TRAIN,
  /** Images to judge by. */
  TEST
}
