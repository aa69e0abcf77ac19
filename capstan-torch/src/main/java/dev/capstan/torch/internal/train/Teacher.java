package dev.capstan.torch.internal.train;

import dev.capstan.graph.Graph;
import dev.capstan.torch.internal.engine.Execution;

/**
 * A network that another one is to give the outputs of, and perhaps the last feature map.
 *
 * @param graph the network, best folded: it runs on every batch
 * @param execution how it is run; it gives soft targets, so low precision will do
 */
public record Teacher(Graph graph, Execution execution) {}
