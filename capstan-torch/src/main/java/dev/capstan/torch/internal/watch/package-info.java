/** What becomes of a run whose loss rises on images that it does not learn from. */
package dev.capstan.torch.internal.watch;
