/** Results as tables that people read. */
package dev.capstan.cli.table;
