package dev.capstan.report;

/**
 * What was written of known weights.
 *
 * @param output the file
 * @param macs multiply-accumulates for one input
 * @param parameters of the network
 * @param bytes size of the file
 */
public record ConversionReport(String output, long macs, long parameters, long bytes) {}
