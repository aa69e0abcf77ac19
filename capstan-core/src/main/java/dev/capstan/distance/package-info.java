/** How far outputs are from others. */
package dev.capstan.distance;
