/**
 * Images on their way to a network: sets of them, decoding, preprocessing, order and batches. What
 * is fed may also be arrays of numbers, which are called images all the same.
 *
 * <p>Every random choice is a function of (seed, epoch, index): the same images come in the same
 * batches whatever the number of threads, kept in memory or read again.
 */
package dev.capstan.data;
