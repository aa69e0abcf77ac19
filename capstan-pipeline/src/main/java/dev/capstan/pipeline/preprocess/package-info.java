/** Finds out what a network was trained to be shown, from what it makes of images. */
package dev.capstan.pipeline.preprocess;
