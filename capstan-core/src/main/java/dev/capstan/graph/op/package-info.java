/**
 * The operators, each a small class that knows what it means.
 *
 * <p>One package although large: it is one file an operator, and whoever adds one looks for it
 * here.
 */
package dev.capstan.graph.op;
