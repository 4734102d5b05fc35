/// What the printed plan says, once per language; the rules of ``Phrase`` hold.
public enum PlanPhrase: String, Sendable, Hashable, CaseIterable {
  case toReach, noneFound, withinBudget, change, after, leastProved, leastNotProved, mostProved, mostNotProved
  case alternative, reachedIn, robustOther, robustNone, robustUnknown, overBudget, nothingHelps, notAdditive
}

extension PlanPhrase {
  /// English, French, Spanish.
  var texts: (en: String, fr: String, es: String) {
    switch self {
    case .toReach:
      (
        "Plan to reach {targets} (effort {effort})", "Plan pour atteindre {targets} (effort {effort})",
        "Plan para alcanzar {targets} (esfuerzo {effort})"
      )
    case .noneFound:
      (
        "No plan was found that reaches this target; the search is not exact for this model.",
        "Aucun plan trouvé n’atteint cette cible ; la recherche n’est pas exacte pour ce modèle.",
        "No se halló un plan que alcance este objetivo; la búsqueda no es exacta para este modelo."
      )
    case .withinBudget:
      (
        "Plan within an effort of {budget} (takes {effort})",
        "Plan pour un effort d’au plus {budget} (en demande {effort})",
        "Plan con un esfuerzo de hasta {budget} (requiere {effort})"
      )
    case .change:
      (
        "{capability}: {from} → {to}, effort {effort}", "{capability} : {from} → {to}, effort {effort}",
        "{capability}: {from} → {to}, esfuerzo {effort}"
      )
    case .after:
      (
        "Of firms that answer so: {chances}.", "Parmi les entreprises qui répondent ainsi : {chances}.",
        "De las empresas que responden así: {chances}."
      )
    case .leastProved:
      (
        "No plan takes less effort: every combination was ruled out.",
        "Aucun plan ne demande moins d’effort : toutes les combinaisons ont été exclues.",
        "Ningún plan requiere menos esfuerzo: se descartaron todas las combinaciones."
      )
    case .leastNotProved:
      (
        "A plan of less effort may exist: the search is not exact for this model.",
        "Un plan de moindre effort peut exister : la recherche n’est pas exacte pour ce modèle.",
        "Puede haber un plan de menor esfuerzo: la búsqueda no es exacta para este modelo."
      )
    case .mostProved:
      (
        "No plan within this effort has more: every combination was ruled out.",
        "Aucun plan de cet effort n’a plus : toutes les combinaisons ont été exclues.",
        "Ningún plan con este esfuerzo tiene más: se descartaron todas las combinaciones."
      )
    case .mostNotProved:
      (
        "A better plan of this effort may exist: the search was not complete.",
        "Un meilleur plan de cet effort peut exister : la recherche n’a pas été complète.",
        "Puede haber un plan mejor con este esfuerzo: la búsqueda no fue completa."
      )
    case .alternative:
      (
        "Nearly as good: {changes} (effort {effort}).", "Presque aussi bien : {changes} (effort {effort}).",
        "Casi igual de bueno: {changes} (esfuerzo {effort})."
      )
    case .reachedIn:
      (
        "The target is reached in {share} of the replicates of the survey.",
        "La cible est atteinte dans {share} des réplications de l’enquête.",
        "El objetivo se alcanza en el {share} de las réplicas de la encuesta."
      )
    case .robustOther:
      (
        "To be surer (reached in {share} of the replicates): {changes} (effort {effort}).",
        "Pour être plus sûr (atteinte dans {share} des réplications) : {changes} (effort {effort}).",
        "Para mayor seguridad (se alcanza en el {share} de las réplicas): {changes} (esfuerzo {effort})."
      )
    case .robustNone:
      (
        "No plan reaches it in {share} of the replicates.", "Aucun plan ne l’atteint dans {share} des réplications.",
        "Ningún plan lo alcanza en el {share} de las réplicas."
      )
    case .robustUnknown:
      (
        "No plan was found that reaches it in {share} of the replicates; the search was not complete.",
        "Aucun plan trouvé ne l’atteint dans {share} des réplications ; la recherche n’a pas été complète.",
        "No se halló un plan que lo alcance en el {share} de las réplicas; la búsqueda no fue completa."
      )
    case .overBudget:
      (
        "To reach {targets} takes an effort of {effort}, more than {budget}.",
        "Atteindre {targets} demande un effort de {effort}, plus que {budget}.",
        "Alcanzar {targets} requiere un esfuerzo de {effort}, más que {budget}."
      )
    case .nothingHelps:
      (
        "Plan within an effort of {budget}: no change goes with more of the goals.",
        "Plan pour un effort d’au plus {budget} : aucun changement ne va avec davantage de ces buts.",
        "Plan con un esfuerzo de hasta {budget}: ningún cambio va con más de las metas."
      )
    case .notAdditive:
      (
        "This model has trees: the search takes each change alone, the chances are of the whole plan.",
        "Ce modèle a des arbres : la recherche prend chaque changement seul, les chances sont celles du plan entier.",
        "Este modelo tiene árboles: la búsqueda toma cada cambio por separado, las probabilidades son del plan entero."
      )
    }
  }
}
