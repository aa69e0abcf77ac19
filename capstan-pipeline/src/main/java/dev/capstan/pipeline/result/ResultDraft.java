package dev.capstan.pipeline.result;

import dev.capstan.data.ImageStore;
import dev.capstan.files.DraftFolder;
import dev.capstan.pipeline.input.ImagesHash;
import dev.capstan.pipeline.input.ResultRecord;
import dev.capstan.pipeline.input.SourceModel;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * The files of a result on their way to their place: written and verified in a folder of their own
 * beside it, moved when all held.
 */
final class ResultDraft {
  private final SourceModel source;
  private final ImageStore images;
  private final DraftFolder folder;
  private final ResultFiles files;

  /**
   * Files in a folder that stays the caller's.
   *
   * @param images those learned from
   */
  ResultDraft(SourceModel source, ImageStore images, DraftFolder folder, ResultFiles target) {
    this.source = source;
    this.images = images;
    this.folder = folder;
    this.files = target.in(folder.path());
  }

  /** Where they are written first. */
  ResultFiles files() {
    return files;
  }

  /** What a model's metadata begin to tell of it: by what program, and from which file. */
  Map<String, String> provenance() {
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("capstan.version", Version.NUMBER);
    provenance.put("capstan.source.sha256", source.sha256());
    return provenance;
  }

  /**
   * Writes the record and moves all files into place, the record last.
   *
   * @param evidence what a page shows beside the report
   */
  void publish(Object job, Object report, Object evidence) {
    ObjectNode whole = JsonFile.JSON.createObjectNode();
    whole.put("capstan", Version.NUMBER);
    whole.put("source", source.sha256());
    whole.put("images", ImagesHash.of(images.dataset()));
    whole.set(ResultRecord.FILES, JsonFile.JSON.valueToTree(files.sha256()));
    whole.set("job", JsonFile.JSON.valueToTree(job));
    whole.set(
        "preprocessing", JsonFile.JSON.valueToTree(images.feed().preprocessing().orElse(null)));
    whole.set("classes", JsonFile.JSON.valueToTree(images.dataset().classes()));
    whole.set("result", JsonFile.JSON.valueToTree(report));
    whole.set("evidence", JsonFile.JSON.valueToTree(evidence));
    JsonFile.write(files.record(), whole);
    folder.commit(files.all());
  }
}
