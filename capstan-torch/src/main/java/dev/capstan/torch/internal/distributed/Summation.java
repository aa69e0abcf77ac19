package dev.capstan.torch.internal.distributed;

import dev.capstan.data.Batch;
import dev.capstan.data.Division;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.Steps;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.internal.engine.Execution;
import java.util.List;
import java.util.Map;

/**
 * How sums over batches are taken: batch b by process {@code b mod N}. Batches are the same ones
 * whatever the number N of processes, so any N gives what one process gives, to the rounding of
 * float64.
 *
 * @param group the processes; those that do not lead {@link #follow}
 * @param stores whose images all of them have; images of others the one that leads sees alone
 * @param execution how networks are run
 * @param listener of the process that leads
 */
public record Summation(
    ProcessGroup group, List<ImageStore> stores, Execution execution, WorkListener listener) {
  private static final String STORE = "store";
  private static final String IMAGES = "images";
  private static final String SIZE = "batch";

  /** Copies the list. */
  public Summation {
    stores = List.copyOf(stores);
  }

  /** Sums that one process takes. */
  public static Summation alone(Execution execution, WorkListener listener) {
    return new Summation(ProcessGroup.ALONE, List.of(), execution, listener);
  }

  /** The same without somebody who follows. */
  public Summation unheard() {
    return new Summation(group, stores, execution, WorkListener.NONE);
  }

  /**
   * Adds all images up, in the process that leads.
   *
   * @param what what the listener is told this is
   * @param size images a batch
   * @param sums of nothing yet; stay the caller's
   * @return the same
   */
  public <S extends BatchSums> S over(String what, ImageSubset images, int size, S sums) {
    boolean shared = shares(images, size);
    if (shared) {
      Map<String, String> words = Map.of(SIZE, Integer.toString(size));
      send(sums.told().with(words, Map.of()), images);
    }
    Summation taking =
        shared ? this : new Summation(ProcessGroup.ALONE, stores, execution, listener);
    taking.addUp(what, images, size, sums);
    return sums;
  }

  /** Whether others take a part in sums over images: a single batch is nothing to share. */
  public boolean shares(ImageSubset images, int size) {
    return !group.isAlone() && stores.contains(images.store()) && images.size() > size;
  }

  /** Tells all others of a work over images. */
  public void send(Parcel work, ImageSubset images) {
    String store = Integer.toString(stores.indexOf(images.store()));
    work.with(Map.of(STORE, store), Map.of(IMAGES, Parcel.numbers(images.indices())))
        .send(new Exchange(group, 1));
  }

  /** The images that were told. */
  public ImageSubset images(Parcel told) {
    ImageStore store = stores.get(Integer.parseInt(told.word(STORE)));
    return ImageSubset.of(store, told.numbers(IMAGES));
  }

  /** What makes sums of what was told. */
  public interface Maker {
    /**
     * Makes them, of nothing yet.
     *
     * @param images that they will be taken over
     */
    BatchSums of(Parcel told, ImageSubset images, Execution execution);
  }

  /** Takes this process's part in sums that the one that leads takes. */
  public void follow(Parcel told, Maker maker) {
    ImageSubset images = images(told);
    try (BatchSums sums = maker.of(told, images, execution)) {
      addUp(told.work(), images, Integer.parseInt(told.word(SIZE)), sums);
    }
  }

  /** A step's last part is told once all processes have theirs. */
  private void tell(long before, int done, int parts) {
    if (done < parts) {
      listener.advance(before + done, List.of());
    }
  }

  private void addUp(String what, ImageSubset images, int size, BatchSums sums) {
    int processes = group.worldSize();
    // The parts of a step of so many images are N whole batches.
    Division division = new Division(processes, group.rank(), processes);
    try (Steps steps =
        images.steps(images.inOrder(), processes * size, division, execution.threads())) {
      int parts = sums.parts();
      listener.begin(what, parts * steps.count());
      while (steps.hasNext()) {
        long before = parts * steps.passed();
        long batch = steps.passed() * processes + group.rank();
        for (Batch own : steps.next()) {
          sums.add(own, batch * size, done -> tell(before, done, parts));
        }
        sums.endStep(group, steps.passed() * processes);
        listener.advance(parts * steps.passed(), List.of());
      }
      listener.end();
    }
    sums.total(group);
  }
}
