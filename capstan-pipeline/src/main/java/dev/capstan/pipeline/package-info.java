/** The whole job, from a model file and images to a smaller model file that was verified. */
package dev.capstan.pipeline;
