/** How many channels each space is given (docs/method.md, section 5). */
package dev.capstan.rank;
