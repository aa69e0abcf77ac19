package dev.capstan.ort;

import ai.onnxruntime.OrtException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The main class of the process that {@link OrtProcess} starts: questions come in, answers go out.
 * It ends when what it reads does, be it in the middle of a model, and when it is asked nothing for
 * a while.
 */
final class OrtChild {
  private static final int MOST_TEXT = 2_000;
  private static final int IDLE_SECONDS = 15;

  private OrtChild() {}

  /** Answers until there is nothing more to answer. */
  public static void main(String[] arguments) throws InterruptedException, IOException {
    BlockingQueue<byte[]> questions = new LinkedBlockingQueue<>();
    Thread reader = new Thread(() -> read(new DataInputStream(System.in), questions));
    reader.setDaemon(true);
    reader.start();
    DataOutputStream answers = new DataOutputStream(System.out);
    byte[] question = questions.poll(IDLE_SECONDS, TimeUnit.SECONDS);
    while (question != null) {
      answer(question, answers);
      answers.flush();
      question = questions.poll(IDLE_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Halts where the other process has gone: whoever computes must not go on alone. */
  private static void read(DataInputStream stream, BlockingQueue<byte[]> questions) {
    try {
      while (true) {
        questions.add(stream.readNBytes(stream.readInt()));
      }
    } catch (IOException e) {
      Runtime.getRuntime().halt(0);
    }
  }

  private static void answer(byte[] question, DataOutputStream answers) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try {
      Question.read(new DataInputStream(new ByteArrayInputStream(question)))
          .answer(new DataOutputStream(answer));
    } catch (OrtException | RuntimeException | OutOfMemoryError e) {
      String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      answers.writeInt(-1);
      answers.writeUTF(line.substring(0, Math.min(line.length(), MOST_TEXT)));
      return;
    }
    answers.writeInt(answer.size());
    answer.writeTo(answers);
  }
}
