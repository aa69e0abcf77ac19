/** What came of a job: values whose components are the keys of the JSON that is written. */
package dev.capstan.report;
