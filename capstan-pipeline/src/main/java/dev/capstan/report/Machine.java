package dev.capstan.report;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a job ran on and with.
 *
 * @param processor as the machine calls it
 * @param features of the processor that libtorch makes use of: {@code AVX2}
 * @param threads that shared one operator
 * @param precision of products: {@code fp32} or {@code bf16}
 * @param imageDecoder what read the images
 * @param libraries versions of what computes, by name
 */
public record Machine(
    String processor,
    @Nullable String features,
    int threads,
    String precision,
    String imageDecoder,
    @Nullable Map<String, String> libraries) {}
