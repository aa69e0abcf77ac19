/** One image: its pixels, how it is prepared for a network, and how it is changed at random. */
package dev.capstan.image;
