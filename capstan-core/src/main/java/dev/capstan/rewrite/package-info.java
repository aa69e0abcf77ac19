/** Rewrites of a graph that leave what it computes unchanged. */
package dev.capstan.rewrite;
