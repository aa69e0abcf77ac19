/** What the user gave cannot be worked with. */
package dev.capstan.error;
