/** Results on their way to their files: written, verified, timed, moved into place. */
package dev.capstan.pipeline.result;
