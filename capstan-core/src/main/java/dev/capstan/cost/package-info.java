/**
 * What a network costs: multiply-accumulates and parameters, those of its tail among them.
 *
 * <p>Operators of a graph know their own; {@code ForeignMacs} counts any node by its ONNX name and
 * the shapes it reads and gives, and {@code FreeOperators} names what counts nothing.
 */
package dev.capstan.cost;
