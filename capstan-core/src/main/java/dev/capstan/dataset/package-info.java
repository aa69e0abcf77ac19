/** Sets of images in formats of a user's own. */
package dev.capstan.dataset;
