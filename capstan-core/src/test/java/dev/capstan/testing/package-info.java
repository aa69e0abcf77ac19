/** What the tests of all modules share: small networks and ONNX Runtime as the judge. */
package dev.capstan.testing;
