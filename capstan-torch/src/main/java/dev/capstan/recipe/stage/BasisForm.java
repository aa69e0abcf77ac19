package dev.capstan.recipe.stage;

/** What pair (E, D) a space is given (docs/method.md, section 2). */
public enum BasisForm {
  /** E = D = P with orthonormal columns, as the paper has it. */
  TIED,
  /** E and D learn apart from each other, without a constraint. */
  OBLIQUE
}
