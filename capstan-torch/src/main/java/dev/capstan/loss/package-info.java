/** What outputs are judged by. */
package dev.capstan.loss;
