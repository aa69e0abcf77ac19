/**
 * Channel spaces of a network, and the bases they are compressed with (docs/method.md, section 2).
 */
package dev.capstan.space;
