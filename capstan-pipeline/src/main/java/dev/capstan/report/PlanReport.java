package dev.capstan.report;

import dev.capstan.rank.Plan;
import java.util.List;

/**
 * What was planned.
 *
 * @param plan the plan
 * @param skippedImages images left out, each with what is wrong with it
 */
public record PlanReport(Plan plan, List<String> skippedImages) {}
