/** Benchmarks and comparison runs. */
package dev.capstan.bench;
