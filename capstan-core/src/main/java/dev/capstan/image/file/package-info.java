/** What image files say of themselves, whatever decodes them: format, extent, orientation, inks. */
package dev.capstan.image.file;
