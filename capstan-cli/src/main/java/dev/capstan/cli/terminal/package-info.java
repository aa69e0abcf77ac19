/** What a run of the tool shows on a terminal, or on streams that are none. */
package dev.capstan.cli.terminal;
