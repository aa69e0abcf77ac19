/** What a network's outputs are taken for. */
package dev.capstan.outputs;
