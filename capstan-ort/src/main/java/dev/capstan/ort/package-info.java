/**
 * Networks in ONNX Runtime: that a written file computes what it should, and how fast it does.
 *
 * <p>The only package that sees ONNX Runtime, and none of its types leave it.
 *
 * <p>One package although large: what runs here and what runs in a process of its own share how a
 * file is opened and fed.
 */
package dev.capstan.ort;
