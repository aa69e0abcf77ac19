/** Arrays of numbers as NumPy stores them. */
package dev.capstan.data.npy;
