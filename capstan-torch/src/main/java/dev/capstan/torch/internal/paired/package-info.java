/**
 * A network beside its original: both run over the same images, and what is told of it.
 *
 * <p>{@link dev.capstan.torch.internal.paired.PairedRun} walks over the steps of both for learning
 * and refits. Two walks stay apart. {@link dev.capstan.torch.internal.paired.SideBySide} compares
 * outputs alone, of networks whose nodes need not correspond. The measurement of sensitivities
 * starts each rank from values of one run of the original that it keeps, and runs only what follows
 * a space. Which values differ is one idea for all: {@link
 * dev.capstan.torch.internal.paired.ChangedValues}.
 */
package dev.capstan.torch.internal.paired;
