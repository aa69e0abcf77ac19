/**
 * What operators make of constants: arrays of any element type in, arrays out, in plain Java.
 *
 * <p>Elements are computed in float64 or int64 and rounded once, to the type of the result. Each
 * function says what it is going to make ({@link dev.capstan.array.Pending}) before it makes it, so
 * that its caller can refuse what is too large.
 */
package dev.capstan.array;
