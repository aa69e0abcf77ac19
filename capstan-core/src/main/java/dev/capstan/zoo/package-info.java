/** The networks Capstan builds by itself from weights alone: ResNets and VGGs. */
package dev.capstan.zoo;
