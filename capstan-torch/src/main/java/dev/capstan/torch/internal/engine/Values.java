package dev.capstan.torch.internal.engine;

import java.util.Collection;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of one run of a program, by slot. What a run computes belongs to this object until it
 * is dropped, at last when this is closed; what is {@link #put} here stays the caller's.
 */
public final class Values implements AutoCloseable {
  private final @Nullable Tensor[] tensors;
  private final boolean[] owned;

  Values(int slots) {
    tensors = new Tensor[slots];
    owned = new boolean[slots];
  }

  /**
   * The tensor in a slot.
   *
   * @throws IllegalArgumentException if it is empty: not computed yet, or dropped
   */
  public Tensor get(int slot) {
    Tensor tensor = tensors[slot];
    if (tensor == null) {
      throw new IllegalArgumentException("slot " + slot + " is empty");
    }
    return tensor;
  }

  /** Lends a tensor to the run, say one that learns in place of a constant. */
  public void put(int slot, Tensor tensor) {
    drop(slot);
    tensors[slot] = tensor;
  }

  /** Hands a tensor over to the run. */
  public void own(int slot, Tensor tensor) {
    put(slot, tensor);
    owned[slot] = true;
  }

  /** Hands the tensor in a slot over to the caller; the slot is empty then. */
  public Tensor take(int slot) {
    Tensor tensor = get(slot);
    Tensor taken = owned[slot] ? tensor : retained(new Tensor(tensor));
    owned[slot] = false;
    tensors[slot] = null;
    return taken;
  }

  private static Tensor retained(Tensor tensor) {
    tensor.retainReference();
    return tensor;
  }

  /** Empties slots and frees the tensors in them that are this object's. */
  public void drop(Collection<Integer> slots) {
    slots.forEach(this::drop);
  }

  private void drop(int slot) {
    Tensor tensor = tensors[slot];
    if (owned[slot] && tensor != null) {
      tensor.close();
    }
    owned[slot] = false;
    tensors[slot] = null;
  }

  /** The same tensors on loan: what happens to them there changes nothing here. */
  public Values lent() {
    Values copy = new Values(tensors.length);
    System.arraycopy(tensors, 0, copy.tensors, 0, tensors.length);
    return copy;
  }

  /** How many tensors this object holds itself. */
  int computed() {
    int count = 0;
    for (boolean own : owned) {
      count += own ? 1 : 0;
    }
    return count;
  }

  @Override
  public void close() {
    for (int slot = 0; slot < tensors.length; slot++) {
      drop(slot);
    }
  }
}
