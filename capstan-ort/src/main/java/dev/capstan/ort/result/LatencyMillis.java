package dev.capstan.ort.result;

/**
 * Median time of one run, in milliseconds.
 *
 * @param oneThread with one thread
 * @param allThreads with all of the machine's
 */
public record LatencyMillis(double oneThread, double allThreads) {}
