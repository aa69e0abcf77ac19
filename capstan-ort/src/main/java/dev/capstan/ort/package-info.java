/**
 * Networks in ONNX Runtime: that a written file computes what it should, and how fast it does.
 *
 * <p>The only package that sees ONNX Runtime, and none of its types leave it.
 */
package dev.capstan.ort;
