/** What outputs are judged by. */
package dev.capstan.torch.internal.loss;
