/** The stages of a compression, one after the other. */
package dev.capstan.pipeline.stage;
