/**
 * What a network is: typed values, operators and the graph that joins them.
 *
 * <p>Everything here is immutable. This package sees no other package of the project.
 */
package dev.capstan.graph;
