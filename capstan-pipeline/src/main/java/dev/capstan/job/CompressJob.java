package dev.capstan.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.capstan.rank.Goal;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to compress, how, and where the result goes.
 *
 * @param inputs model and images
 * @param options what is done to it
 * @param limits what it may lose; nothing but the exit code hangs on it
 * @param output the ONNX file to write; its bases and its record go beside it
 * @param resume whether it goes on from what a stopped run of it has kept
 * @param overwrite whether a file in its place that no job of this kind wrote may be replaced
 * @param account what its record and its page tell of it; the result does not hang on that
 */
public record CompressJob(
    @JsonProperty("setup") Inputs inputs,
    @JsonProperty("course") CompressionOptions options,
    Limits limits,
    Path output,
    boolean overwrite,
    Resumption resume,
    Account account) {
  /**
   * What is told beside the result.
   *
   * @param thumbnails whether small pictures of images are kept in the record
   * @param command what the job was asked for with, word by word; empty where that was no command
   */
  public record Account(boolean thumbnails, List<String> command) {
    /** Nothing. */
    public static final Account NONE = new Account(false, List.of());

    /** Copies the list. */
    public Account {
      command = List.copyOf(command);
    }
  }

  /**
   * What a result may lose before it is said to fall short.
   *
   * @param maxError largest error of an output, relative to its variation; null for 1, at which a
   *     constant would do as well
   * @param minAgreement smallest share of images of the original's class, in [0, 1]; null for any.
   *     Outputs that are no classes have none
   */
  public record Limits(@Nullable Double maxError, @Nullable Double minAgreement) {
    /** None but those of sense. */
    public static final Limits NONE = new Limits(null, null);
  }

  /** Jobs of versions that knew no limits have none, nor do they go on. */
  public CompressJob {
    limits = limits == null ? Limits.NONE : limits;
    resume = resume == null ? Resumption.NONE : resume;
    account = account == null ? Account.NONE : account;
  }

  /** A job that begins anew. */
  public CompressJob(
      Inputs inputs, CompressionOptions options, Limits limits, Path output, boolean overwrite) {
    this(inputs, options, limits, output, overwrite, Resumption.NONE, Account.NONE);
  }

  /** The same that goes on from what a stopped run of it has kept. */
  public CompressJob with(Resumption other) {
    return new CompressJob(inputs, options, limits, output, overwrite, other, account);
  }

  /** A job that keeps half of the MACs, all else by default. */
  public static CompressJob of(Path model, Path data, Path output) {
    return new CompressJob(
        Inputs.of(model, data), CompressionOptions.DEFAULT, Limits.NONE, output, false);
  }

  /** The same judged by these labelled images. */
  public CompressJob withValidation(@Nullable Path images) {
    return with(inputs.withValidation(images));
  }

  /** The same with another share of the MACs that may be kept, in (0, 1]. */
  public CompressJob withKeepMacs(double share) {
    return with(options.with(options.ranks().with(Goal.keepMacs(share))));
  }

  /** The same on other inputs. */
  public CompressJob with(Inputs other) {
    return new CompressJob(other, options, limits, output, overwrite, resume, account);
  }

  /** The same with other stages. */
  public CompressJob with(CompressionOptions other) {
    return new CompressJob(inputs, other, limits, output, overwrite, resume, account);
  }

  /** The same with other limits of what it may lose. */
  public CompressJob with(Limits other) {
    return new CompressJob(inputs, options, other, output, overwrite, resume, account);
  }

  /** The same, which may replace any file. */
  public CompressJob withOverwrite() {
    return new CompressJob(inputs, options, limits, output, true, resume, account);
  }

  /** The same with another account of it. */
  public CompressJob with(Account other) {
    return new CompressJob(inputs, options, limits, output, overwrite, resume, other);
  }
}
