/** What of a network's outputs is judged, and as what: of those that a tail reads it tells. */
package dev.capstan.outputs.judged;
