/**
 * Images on their way to a network: sets of them, decoding, preprocessing, order and batches.
 *
 * <p>Every random choice is a function of (seed, epoch, index): the same images come in the same
 * batches whatever the number of threads, kept in memory or read again.
 */
package dev.capstan.data;
