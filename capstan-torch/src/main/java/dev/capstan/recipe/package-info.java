/** What is asked of a run, and who follows it: values without libtorch that callers may use. */
package dev.capstan.recipe;
