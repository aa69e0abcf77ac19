/** Groups of options that several commands share, and what they mean for a job. */
package dev.capstan.cli.option;
