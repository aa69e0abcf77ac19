/** Rewrites of a graph that leave what it computes unchanged, and where it is cut to see that. */
package dev.capstan.rewrite;
