/** How single stages work, for whoever runs them one by one. */
package dev.capstan.recipe.stage;
