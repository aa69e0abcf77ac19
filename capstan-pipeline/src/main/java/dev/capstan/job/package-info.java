/** What a job is asked for: inputs, goals and options, values that can be printed and saved. */
package dev.capstan.job;
