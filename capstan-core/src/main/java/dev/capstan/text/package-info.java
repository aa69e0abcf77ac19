/** Text on its way to a reader. */
package dev.capstan.text;
