/** Chooses ranks within a budget (docs/method.md, section 5). */
package dev.capstan.rank.allocate;
