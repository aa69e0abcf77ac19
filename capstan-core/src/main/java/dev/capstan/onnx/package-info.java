/**
 * Reads and writes ONNX files, opsets 7 to 26.
 *
 * <p>An operator's form in a file, which differs between opsets, is the affair of its {@code
 * OperatorCodec} alone; a graph holds one canonical form.
 */
package dev.capstan.onnx;
