/** Drawn images: data that needs no file and no licence. */
package dev.capstan.data.shapes;
