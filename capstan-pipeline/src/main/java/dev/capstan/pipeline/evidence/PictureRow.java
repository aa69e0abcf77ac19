package dev.capstan.pipeline.evidence;

/**
 * An output that can be looked at, of one image: small pictures as PNG in Base64.
 *
 * @param image its name
 * @param output the output's name
 * @param original what the original gives, from its smallest value to its largest
 * @param compressed what the result gives, in the same range
 * @param difference between both, in the same range
 */
public record PictureRow(
    String image, String output, String original, String compressed, String difference) {}
