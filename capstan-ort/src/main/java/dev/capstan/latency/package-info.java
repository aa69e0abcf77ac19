/**
 * Budgets on measured latency (docs/method.md, section 5.5): operators are timed at the candidate
 * ranks, ranks are allocated by those times, and the whole model is measured and corrected.
 *
 * <p>It sees no runtime: whoever measures is a {@link dev.capstan.latency.Stopwatch}.
 */
package dev.capstan.latency;
