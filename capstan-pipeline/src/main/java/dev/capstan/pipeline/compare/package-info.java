/** What a comparison of methods keeps between its rows and shows in the end. */
package dev.capstan.pipeline.compare;
