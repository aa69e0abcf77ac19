/** What verifying and timing in ONNX Runtime found: values without ONNX Runtime in sight. */
package dev.capstan.ort.result;
