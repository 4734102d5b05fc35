/// What the printed indices say, once per language; the rules of ``Phrase`` hold.
public enum IndexPhrase: String, Sendable, Hashable, CaseIterable {
  case weightsEqual, weightsGiven, weightsJudged, consistent, inconsistent
  case readingExistence, readingLevel
  case innovationIndex, exportIndex, jointIndex, notAnswered, geometric, classByFlows
  case columnCapability, columnTarget, columnGap, columnJoint
  case classesHeading, classLine, tooFewForClass, leftOut, endedConverged, endedOtherwise
  case describes
}

extension IndexPhrase {
  /// English, French, Spanish.
  var texts: (en: String, fr: String, es: String) {
    switch self {
    case .weightsEqual:
      (
        "All capabilities weigh the same.", "Toutes les capacités ont le même poids.",
        "Todas las capacidades pesan lo mismo."
      )
    case .weightsGiven:
      ("Weights: those of {file}.", "Poids : ceux de {file}.", "Pesos: los de {file}.")
    case .weightsJudged:
      (
        "Weights: from pairwise judgements (experts: {count}), consistency ratio {ratio}.",
        "Poids : d’après des jugements par paires (experts : {count}), ratio de cohérence {ratio}.",
        "Pesos: de juicios por pares (expertos: {count}), razón de consistencia {ratio}."
      )
    case .consistent:
      (
        "The judgements agree with each other (ratio up to 0.10).",
        "Les jugements sont cohérents (ratio jusqu’à 0,10).", "Los juicios son coherentes (razón de hasta 0,10)."
      )
    case .inconsistent:
      (
        "The judgements contradict each other (ratio above 0.10): have them revised.",
        "Les jugements se contredisent (ratio au-dessus de 0,10) : à faire revoir.",
        "Los juicios se contradicen (razón superior a 0,10): conviene revisarlos."
      )
    case .readingExistence:
      (
        "A practice counts as in place from three quarters of its scale on (organised, with a written trace).",
        "Une pratique compte comme en place à partir de trois quarts de son échelle (organisée, avec trace écrite).",
        "Una práctica cuenta como existente desde tres cuartos de su escala (organizada, con registro escrito)."
      )
    case .readingLevel:
      (
        "Answers count as a share of their scale.", "Les réponses comptent comme part de leur échelle.",
        "Las respuestas cuentan como parte de su escala."
      )
    case .innovationIndex: ("potential for innovation", "potentiel d’innovation", "potencial de innovación")
    case .exportIndex: ("potential for export", "potentiel d’exportation", "potencial de exportación")
    case .jointIndex: ("potential for both", "potentiel pour les deux", "potencial para ambas")
    case .notAnswered: ("not answered", "sans réponse", "sin respuesta")
    case .geometric:
      (
        "{index} where a strong practice does not make up for a weak one",
        "{index} si une pratique forte ne compense pas une faible",
        "{index} si una práctica fuerte no compensa una débil"
      )
    case .classByFlows:
      (
        "Compared class by class (FlowSort): {class}.", "Comparée classe par classe (FlowSort) : {class}.",
        "Comparada clase por clase (FlowSort): {class}."
      )
    case .columnCapability: ("develop first", "à développer d’abord", "desarrollar primero")
    case .columnTarget: ("aim", "cible", "meta")
    case .columnGap: ("gap", "écart", "brecha")
    case .columnJoint: ("joint", "conjoint", "conjunto")
    case .classesHeading:
      (
        "Classes of {count} by the published method (weights from value-tests, {iterations} rounds):",
        "Classes de {count} selon la méthode publiée (poids par valeurs-tests, {iterations} tours) :",
        "Clases de {count} según el método publicado (pesos por valores-test, {iterations} rondas):"
      )
    case .classLine:
      (
        "{class}: {count}; set apart by {capabilities}", "{class} : {count} ; se distingue par {capabilities}",
        "{class}: {count}; se distingue por {capabilities}"
      )
    case .tooFewForClass:
      (
        "{class}: {count}, too few to say what sets them apart",
        "{class} : {count}, trop peu pour dire ce qui les distingue",
        "{class}: {count}, demasiado pocas para decir qué las distingue"
      )
    case .leftOut:
      (
        "{count} left out of the classes: a capability is not answered.",
        "{count} hors des classes : une capacité est sans réponse.",
        "{count} fuera de las clases: falta la respuesta de una capacidad."
      )
    case .endedConverged:
      ("No firm changed class any more.", "Plus aucune ne changeait de classe.", "Ya ninguna cambiaba de clase.")
    case .endedOtherwise:
      (
        "The rounds did not settle: take the classes with caution.",
        "Les tours ne se sont pas stabilisés : classes à prendre avec prudence.",
        "Las rondas no se estabilizaron: tome las clases con cautela."
      )
    case .describes:
      (
        "An index describes what is in place. It is no evidence that a practice goes with innovation or export: that takes a survey to learn from.",
        "Un indice décrit ce qui est en place. Il ne prouve pas qu’une pratique va avec l’innovation ou l’exportation : il faut pour cela une enquête dont apprendre.",
        "Un índice describe lo que existe. No prueba que una práctica vaya con la innovación o la exportación: para eso hace falta una encuesta de la que aprender."
      )
    }
  }
}
