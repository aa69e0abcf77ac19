package dev.capstan.report;

/**
 * What was asked for, and what came of it.
 *
 * @param asked the goal, or the plan
 * @param reached in the goal's unit; the share of the multiply-accumulates for a plan
 * @param met whether that is good enough; the result is written in any case
 */
public record GoalResult(String asked, double reached, boolean met) {}
