/** Makes what is handed out of what was built: archives, a Python wheel, notices, checksums. */
package dev.capstan.dist;
