/** Mean and variance of channels, and what BatchNorm is given of them. */
package dev.capstan.torch.internal.statistics;
