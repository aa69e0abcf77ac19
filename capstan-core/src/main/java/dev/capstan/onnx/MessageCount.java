package dev.capstan.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.WireFormat;
import dev.capstan.error.InvalidInputException;
import java.io.IOException;

/**
 * Counts the messages of a file before it is parsed: one of two bytes becomes an object of a
 * hundred. What is no message, such as tensors' bytes, is passed over.
 */
final class MessageCount {
  /** A network of 10,000 nodes has 200,000, what is known of its values counted. */
  static final int MAX_MESSAGES = 1 << 22;

  /** Protobuf's own limit. */
  private static final int MAX_DEPTH = 100;

  private final CodedInputStream input;
  private long messages;

  private MessageCount(CodedInputStream input) {
    this.input = input;
  }

  /**
   * Fails where a file has too many messages.
   *
   * @param type what the file should be; where it is something else, parsing it will tell
   * @throws IOException where it cannot be walked through
   */
  static void check(CodedInputStream input, Descriptor type) throws IOException {
    new MessageCount(input).walk(type, 0);
  }

  private void walk(Descriptor type, int depth) throws IOException {
    if (++messages > MAX_MESSAGES || depth > MAX_DEPTH) {
      throw new InvalidInputException(
          "the file has over %d messages, or messages within each other %d deep: no network does, so it was damaged or made to take all memory"
              .formatted(MAX_MESSAGES, MAX_DEPTH));
    }
    while (!input.isAtEnd()) {
      int tag = input.readTag();
      FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      boolean message =
          field != null
              && field.getJavaType() == JavaType.MESSAGE
              && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      if (message) {
        int limit = input.pushLimit(input.readRawVarint32());
        walk(field.getMessageType(), depth + 1);
        input.popLimit(limit);
      } else {
        input.skipField(tag);
      }
    }
  }
}
