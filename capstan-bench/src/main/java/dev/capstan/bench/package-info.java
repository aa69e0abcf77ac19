/** Benchmarks and comparison runs; not shipped. */
package dev.capstan.bench;
