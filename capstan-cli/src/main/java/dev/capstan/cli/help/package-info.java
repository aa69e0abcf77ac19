/** How the help of a command looks: its options in groups, those that matter first. */
package dev.capstan.cli.help;
