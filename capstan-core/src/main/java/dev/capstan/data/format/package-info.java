/**
 * Sets of images as they lie in folders and files; {@link dev.capstan.data.format.Datasets} tells
 * them apart.
 */
package dev.capstan.data.format;
