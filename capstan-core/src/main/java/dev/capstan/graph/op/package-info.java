/** The operators, each a small class that knows what it means. */
package dev.capstan.graph.op;
