/**
 * Runs a {@link dev.capstan.graph.Graph} forward and backward with libtorch: one small kernel per
 * operator, compiled to a list of steps. Device and precision are arguments of {@link
 * dev.capstan.torch.internal.engine.Execution} and nowhere else.
 */
package dev.capstan.torch.internal.engine;
