/** Random numbers by key: there is no global generator. */
package dev.capstan.random;
