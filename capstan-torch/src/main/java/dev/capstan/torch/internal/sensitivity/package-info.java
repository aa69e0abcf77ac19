/** How far the outputs move when one channel space alone is compressed (METHOD section 5). */
package dev.capstan.torch.internal.sensitivity;
