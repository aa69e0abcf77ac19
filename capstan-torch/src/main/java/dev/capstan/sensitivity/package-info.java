/** How much the task loss rises when one channel space is compressed (METHOD section 5). */
package dev.capstan.sensitivity;
