package dev.capstan.train;

import dev.capstan.engine.Execution;
import dev.capstan.graph.Graph;

/**
 * A network whose outputs another one is to give.
 *
 * @param graph the network, best folded: it runs on every batch
 * @param execution how it is run; its outputs are soft targets, so low precision will do
 */
public record Teacher(Graph graph, Execution execution) {}
