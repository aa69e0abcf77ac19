/**
 * Groups of options that several commands share, and what they mean for a job.
 *
 * <p>One package although large: each group is a file, and a command is put together from them.
 */
package dev.capstan.cli.option;
