/** What a page shows of a result beside its figures: small, and kept in the result's record. */
package dev.capstan.pipeline.evidence;
