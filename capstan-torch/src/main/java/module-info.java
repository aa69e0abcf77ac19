/** Runs, learns and trains graphs with libtorch, which no exported package shows. */
module dev.capstan.torch {
  requires transitive dev.capstan.core;
  requires com.fasterxml.jackson.annotation;
  requires org.bytedeco.javacpp;
  requires org.bytedeco.leptonica;
  requires org.bytedeco.openblas;
  requires org.bytedeco.pytorch;
  requires org.slf4j;
  requires tools.jackson.databind;

  exports dev.capstan.recipe;
  exports dev.capstan.recipe.stage to
      dev.capstan,
      dev.capstan.bench,
      tools.jackson.databind;
  exports dev.capstan.torch to
      dev.capstan,
      dev.capstan.bench;
  exports dev.capstan.torch.internal.calibrate to
      dev.capstan.bench;
  exports dev.capstan.torch.internal.engine to
      dev.capstan.bench;
  exports dev.capstan.torch.internal.learn to
      dev.capstan.bench;
  exports dev.capstan.torch.internal.tensor to
      dev.capstan.bench;

  uses dev.capstan.graph.ForeignRuntime;
  uses dev.capstan.recipe.Criterion;

  provides dev.capstan.recipe.Criterion with
      dev.capstan.torch.internal.criteria.FilterNorm,
      dev.capstan.torch.internal.criteria.GroupNorm,
      dev.capstan.torch.internal.criteria.GeometricMedian,
      dev.capstan.torch.internal.criteria.FirstOrder,
      dev.capstan.torch.internal.criteria.ActivationEnergy,
      dev.capstan.torch.internal.criteria.RandomChoice;
}
