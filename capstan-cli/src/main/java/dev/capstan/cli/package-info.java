/**
 * The command line: commands, their settings, progress and errors as a user meets them.
 *
 * <p>The only package that writes to the process's streams or ends it.
 *
 * <p>One package although large: a command is a file, and all share how the tool is started, set
 * and ended, which nobody else is to see.
 */
package dev.capstan.cli;
