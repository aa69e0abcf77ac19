/**
 * The command line: commands, their settings, progress and errors as a user meets them.
 *
 * <p>The only package that writes to the process's streams or ends it.
 */
package dev.capstan.cli;
