/** The page that shows a result to a person: a record, drawn by the templates in src/main/jte. */
package dev.capstan.cli.page;
