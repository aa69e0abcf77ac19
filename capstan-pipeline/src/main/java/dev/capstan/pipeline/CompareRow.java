package dev.capstan.pipeline;

import dev.capstan.ort.Verification;
import dev.capstan.pipeline.CompressReport.Stages;
import dev.capstan.recipe.Method;
import java.util.Map;

/**
 * What a method made of a network.
 *
 * @param keepMacs share of the multiply-accumulates that it was allowed
 * @param seed of its random choices
 * @param macs multiply-accumulates for one input
 * @param parameters trained numbers
 * @param ranks channels left in each space that can be compressed, by its name
 * @param top1 in percent
 * @param judgedOn number of images behind each figure
 * @param latencyMillis median time of one run in ONNX Runtime
 * @param verification how far ONNX Runtime's outputs are from the network in memory
 * @param imagesSeen images in the steps of each stage
 * @param seconds wall time of its stages, judging included
 */
public record CompareRow(
    Method method,
    double keepMacs,
    long seed,
    long macs,
    long parameters,
    Map<String, Integer> ranks,
    Stages top1,
    long judgedOn,
    Speed latencyMillis,
    Verification verification,
    ImagesSeen imagesSeen,
    double seconds) {}
