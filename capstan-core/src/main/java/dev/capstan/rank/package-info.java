/** How many channels each space is given (METHOD section 5). */
package dev.capstan.rank;
