import dev.capstan.recipe.ChannelStatistics;
import dev.capstan.recipe.Criterion;

/**
 * An example: channels are kept that give most to what reads them, by their energy times that of the
 * weights that read them.
 */
public final class Contribution implements Criterion {
  @Override
  public String name() {
    return "contribution";
  }

  @Override
  public boolean seesImages() {
    return true;
  }

  @Override
  public double[] scores(ChannelStatistics channels) {
    double[] energies = channels.activationEnergies();
    double[] readers = channels.readerEnergies();
    double[] scores = new double[energies.length];
    for (int c = 0; c < scores.length; c++) {
      scores[c] = energies[c] * readers[c];
    }
    return scores;
  }
}
