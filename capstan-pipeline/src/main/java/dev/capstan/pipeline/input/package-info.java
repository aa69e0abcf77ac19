/** Model, images and labels, read and checked once for all stages of a job. */
package dev.capstan.pipeline.input;
