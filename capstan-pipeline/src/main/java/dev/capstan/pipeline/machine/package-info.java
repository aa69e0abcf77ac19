/** What a machine is, and whether both engines work on it. */
package dev.capstan.pipeline.machine;
