package dev.capstan.report;

import java.util.List;

/**
 * What was found of a model.
 *
 * @param scores accuracy and loss, or errors of outputs that are no classes
 * @param skippedImages images left out, each with what is wrong with it
 */
public record EvaluationReport(Scores scores, List<String> skippedImages) {}
