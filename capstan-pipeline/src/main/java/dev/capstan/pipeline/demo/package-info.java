/** The embedded example. */
package dev.capstan.pipeline.demo;
