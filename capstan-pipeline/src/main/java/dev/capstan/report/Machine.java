package dev.capstan.report;

/**
 * What a job ran on and with.
 *
 * @param processor as the machine calls it
 * @param threads that shared one operator
 * @param precision of products: {@code fp32} or {@code bf16}
 * @param imageDecoder what read the images
 */
public record Machine(String processor, int threads, String precision, String imageDecoder) {}
