/** Channel spaces of a network, and the bases they are compressed with (METHOD section 2). */
package dev.capstan.space;
