/**
 * Reads and writes ONNX files, opsets 7 to 26.
 *
 * <p>An operator's form in a file, which differs between opsets, is the affair of its {@code
 * OperatorCodec} alone; a graph holds one canonical form.
 *
 * <p>One package although large: more than half of it is one small codec an operator, which share
 * readers and writers of nodes that nobody else is to see.
 */
package dev.capstan.onnx;
