package dev.capstan.torch.internal.train;

import dev.capstan.graph.Constant;
import dev.capstan.recipe.TrainRecipe;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Kernels of convolutions go by {@link Muon}, all else by {@link NesterovSgd}. */
final class MuonAndDescent implements Optimiser {
  private final TrainRecipe.Schedule schedule;
  private final FlatTensors momenta;
  private final Muon muon;
  private final NesterovSgd descent;

  /**
   * An optimiser of weights, at rest.
   *
   * @param values first the kernels that go by Muon, then the other kernels, then what does not
   *     decay; stay the caller's
   * @param gradients of the same names; stay the caller's
   * @param turned the kernels that go by Muon, with their groups
   * @param kernels all that decay
   */
  MuonAndDescent(
      FlatTensors values,
      FlatTensors gradients,
      Map<String, Integer> turned,
      Collection<String> kernels,
      TrainRecipe.Schedule schedule) {
    this.schedule = schedule;
    momenta = gradients.zeros();
    List<Muon.Kernel> views = new ArrayList<>();
    turned.forEach(
        (name, groups) ->
            views.add(
                new Muon.Kernel(
                    values.view(name), gradients.view(name), momenta.view(name), groups)));
    muon = new Muon(views, schedule.momentum());
    long from = values.elements(turned.keySet());
    descent =
        new NesterovSgd(
            values.from(from),
            gradients.from(from),
            momenta.from(from),
            values.elements(kernels) - from,
            schedule.momentum(),
            schedule.weightDecay());
  }

  @Override
  public void step(double height) {
    muon.step(schedule.muonRate() * height);
    descent.step(schedule.rate() * height);
  }

  @Override
  public void rest() {
    momenta.clear();
  }

  @Override
  public Map<String, Constant> moments() {
    return momenta.constants();
  }

  @Override
  public void resume(Map<String, Constant> moments) {
    momenta.set(moments);
  }

  @Override
  public void close() {
    descent.close();
    momenta.close();
  }
}
