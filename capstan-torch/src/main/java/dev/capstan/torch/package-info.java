/**
 * What the rest of the project sees of libtorch: networks that run, learn and train. No type of
 * libtorch appears in a signature here.
 */
package dev.capstan.torch;
