/** Linear least squares over more data than memory holds. */
package dev.capstan.torch.internal.regression;
