/** Decoding of images by native code, about three times as fast as the JDK's. */
package dev.capstan.torch.internal.images;
