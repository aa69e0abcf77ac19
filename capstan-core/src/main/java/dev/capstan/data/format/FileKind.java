package dev.capstan.data.format;

import dev.capstan.data.npy.ArrayFile;
import dev.capstan.image.file.ImageFormat;

/** What the files of a folder are. */
enum FileKind {
  /** Pictures. */
  PICTURES,
  /** Arrays of numbers. */
  ARRAYS;

  /** Whether a file's name is that of one. */
  boolean isName(String file) {
    return this == PICTURES ? ImageFormat.isName(file) : ArrayFile.isName(file);
  }

  /** The formats that are read, as a message names them. */
  String formats() {
    return this == PICTURES ? ImageFormat.all() : ArrayFile.FORMATS;
  }
}
