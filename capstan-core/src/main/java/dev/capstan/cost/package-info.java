/** What a network costs: multiply-accumulates and parameters. */
package dev.capstan.cost;
