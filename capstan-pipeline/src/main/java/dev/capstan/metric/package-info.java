/** A user's own measure of how good a network is. */
package dev.capstan.metric;
