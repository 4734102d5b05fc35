/// What the printed diagnosis says beside the ``Phrase`` of each result, once per language. The same rules hold: words in
/// braces are filled in, and nothing is said to cause anything.
public enum DiagnosisPhrase: String, Sendable, Hashable, CaseIterable {
  // Of the whole print
  case simulatedModel, fewFirms, tooFewFirms, orderedBy, targetIs, groupsNotOrder
  case objectiveBalanced, objectiveMin, objectiveBoth, objectiveOne, objectiveWeighted
  case targetStep, targetMedian, targetUpperQuartile
  // Of one firm
  case answered, chancesToday, onlyOne, range, comparedWith, comparedWidened, allFirms
  // The table of priorities
  case columnFirst, columnGroup, columnLevel, columnPeers, columnPlace, columnFirstThree, effortOf, goesWith
  // Remarks
  case firstIsShared, andMore, atTop, atTarget, filledIn, decisiveFirst, decisiveThree, thinlyAnswered
  case unseenLevel, outOfRange, unreadable, tooIncomplete
  case gapsHeading, gapLine, noSuccessfulPeers
  // How to read it
  case readUplifts, readColumns, readPareto
}

extension DiagnosisPhrase {
  /// English, French, Spanish.
  var texts: (en: String, fr: String, es: String) {
    switch self {
    case .simulatedModel:
      (
        "SIMULATED: this model was trained on invented firms; its figures say nothing of real ones.",
        "SIMULATION : ce modèle a été entraîné sur des entreprises inventées ; ses chiffres ne disent rien des vraies.",
        "SIMULACIÓN: este modelo se entrenó con empresas inventadas; sus cifras no dicen nada de las reales."
      )
    case .fewFirms:
      (
        "Learned from {count}: too few for priorities by country; weigh these figures with what experts know.",
        "Appris de {count} : trop peu pour des priorités par pays ; à peser avec ce que savent des experts.",
        "Aprendido de {count}: demasiado pocas para prioridades por país; sopese estas cifras con lo que saben expertos."
      )
    case .tooFewFirms:
      (
        "Learned from {count}: too few to learn from. These figures describe; 'innov4sme index' orders by experts' weights.",
        "Appris de {count} : trop peu pour apprendre. Ces chiffres décrivent ; « innov4sme index » ordonne selon des poids d’experts.",
        "Aprendido de {count}: demasiado pocas para aprender. Estas cifras describen; «innov4sme index» ordena según pesos de expertos."
      )
    case .orderedBy: ("Order: {objective}.", "Ordre : {objective}.", "Orden: {objective}.")
    case .targetIs: ("Raised to: {target}.", "Niveau visé : {target}.", "Nivel buscado: {target}.")
    case .groupsNotOrder:
      (
        "With so few firms no order is given: capabilities that cannot be told apart stand in one group.",
        "Avec si peu d’entreprises, aucun ordre n’est donné : les capacités qui ne se distinguent pas forment un groupe.",
        "Con tan pocas empresas no se da un orden: las capacidades que no se distinguen forman un grupo."
      )

    case .objectiveBalanced:
      (
        "difference in the chance of both goals, plus half of that of the goal least served",
        "écart de chance d’atteindre les deux buts, plus la moitié de celui du but le moins servi",
        "diferencia en la probabilidad de ambas metas, más la mitad de la de la meta menos servida"
      )
    case .objectiveMin:
      (
        "difference for the goal least served", "écart pour le but le moins servi",
        "diferencia para la meta menos servida"
      )
    case .objectiveBoth:
      (
        "difference in the chance of both goals at once", "écart de chance d’atteindre les deux buts à la fois",
        "diferencia en la probabilidad de ambas metas a la vez"
      )
    case .objectiveOne:
      ("difference for {outcome} alone", "écart pour {outcome} seulement", "diferencia solo para {outcome}")
    case .objectiveWeighted:
      ("weighted differences, {weights}", "écarts pondérés, {weights}", "diferencias ponderadas, {weights}")

    case .targetStep:
      (
        "one step (a level more on scales, one more practice in place)",
        "un pas (un niveau de plus sur les échelles, une pratique de plus en place)",
        "un paso (un nivel más en las escalas, una práctica más)"
      )
    case .targetMedian:
      (
        "the median of comparable firms that do both", "la médiane des entreprises comparables qui font les deux",
        "la mediana de las empresas comparables que logran ambas"
      )
    case .targetUpperQuartile:
      (
        "the upper quartile of comparable firms that do both",
        "le quartile supérieur des entreprises comparables qui font les deux",
        "el cuartil superior de las empresas comparables que logran ambas"
      )

    case .answered:
      (
        "{share} of the questions answered", "{share} des questions ont une réponse",
        "{share} de las preguntas con respuesta"
      )
    case .chancesToday:
      (
        "Of firms with these answers, the share that has each goal ({level} interval):",
        "Parmi les entreprises avec ces réponses, la part qui a chaque but (intervalle à {level}) :",
        "De las empresas con estas respuestas, la parte que tiene cada meta (intervalo del {level}):"
      )
    case .onlyOne: ("{outcome} only", "{outcome} seule", "solo {outcome}")
    case .range: ("{low} to {high}", "{low} à {high}", "{low} a {high}")
    case .comparedWith:
      ("compared with {count} ({group})", "comparée à {count} ({group})", "comparada con {count} ({group})")
    case .comparedWidened:
      (
        "compared with {count} ({group}), since fewer than {least} are: {wanted}",
        "comparée à {count} ({group}), car moins de {least} sont : {wanted}",
        "comparada con {count} ({group}), pues menos de {least} son: {wanted}"
      )
    case .allFirms: ("all firms surveyed", "toutes les entreprises enquêtées", "todas las empresas encuestadas")

    case .columnFirst: ("develop first", "à développer d’abord", "desarrollar primero")
    case .columnGroup: ("develop first, by group", "à développer d’abord, par groupe", "desarrollar primero, por grupo")
    case .columnLevel: ("level", "niveau", "nivel")
    case .columnPeers: ("peers", "pairs", "pares")
    case .columnPlace: ("place", "rang", "puesto")
    case .columnFirstThree: ("first 3", "3 premiers", "3 primeros")
    case .effortOf: ("effort {effort}", "effort {effort}", "esfuerzo {effort}")
    case .goesWith: ("goes with {goals} ({share})", "va avec {goals} ({share})", "va con {goals} ({share})")

    case .firstIsShared:
      (
        "The first place is shared: {first} cannot be told apart from {others}.",
        "La première place est partagée : {first} ne se distingue pas de {others}.",
        "El primer puesto es compartido: {first} no se distingue de {others}."
      )
    case .andMore: ("{list} and {count} more", "{list} et {count} autres", "{list} y {count} más")
    case .atTop:
      (
        "Already strong, nothing left to raise: {capabilities}.", "Déjà solides, rien à relever : {capabilities}.",
        "Ya sólidas, nada que subir: {capabilities}."
      )
    case .atTarget:
      (
        "At that level already, or above: {capabilities}.", "Déjà à ce niveau, ou au-dessus : {capabilities}.",
        "Ya en ese nivel, o por encima: {capabilities}."
      )
    case .filledIn:
      (
        "Not answered, so taken as similar firms answered: {capabilities}.",
        "Sans réponse, donc prises comme chez des entreprises semblables : {capabilities}.",
        "Sin respuesta, por lo que se toman como en empresas parecidas: {capabilities}."
      )
    case .decisiveFirst:
      (
        "Ask: “{question}”. With an answer, {capability} could come first.",
        "À demander : « {question} ». Avec une réponse, {capability} pourrait passer en premier.",
        "Pregunte: «{question}». Con una respuesta, {capability} podría pasar a ser la primera."
      )
    case .decisiveThree:
      (
        "Ask: “{question}”. With an answer, {capability} could be among the first three.",
        "À demander : « {question} ». Avec une réponse, {capability} pourrait être parmi les trois premières.",
        "Pregunte: «{question}». Con una respuesta, {capability} podría estar entre las tres primeras."
      )
    case .thinlyAnswered:
      (
        "Fewer than two thirds of the answers are given on: {capabilities}.",
        "Moins de deux tiers des réponses sont données sur : {capabilities}.",
        "Se dieron menos de dos tercios de las respuestas sobre: {capabilities}."
      )
    case .unseenLevel:
      (
        "{item}: an answer that none of them gave", "{item} : une réponse qu’aucune n’a donnée",
        "{item}: una respuesta que ninguna dio"
      )
    case .outOfRange:
      ("{item}: far beyond theirs", "{item} : bien au-delà des leurs", "{item}: mucho más allá de las suyas")
    case .unreadable:
      (
        "{item}: cannot be read, counted as missing", "{item} : illisible, comptée comme manquante",
        "{item}: ilegible, contada como sin respuesta"
      )
    case .tooIncomplete:
      (
        "more than a third of the answers are missing", "plus d’un tiers des réponses manquent",
        "falta más de un tercio de las respuestas"
      )
    case .gapsHeading:
      (
        "Largest gaps to the best quarter of {count} that do both ({group})",
        "Plus grands écarts au meilleur quart de {count} qui font les deux ({group})",
        "Mayores diferencias con el mejor cuarto de {count} que logran ambas ({group})"
      )
    case .gapLine:
      ("{capability} {level} → {benchmark}", "{capability} {level} → {benchmark}", "{capability} {level} → {benchmark}")
    case .noSuccessfulPeers:
      (
        "Fewer than {count} comparable firms do both: each capability is raised by one step instead.",
        "Moins de {count} entreprises comparables font les deux : chaque capacité est relevée d’un pas.",
        "Menos de {count} empresas comparables logran ambas: cada capacidad sube un paso."
      )

    case .readUplifts:
      (
        "How to read: {goals} show by how many points more often firms like this one have the goal when the capability stands at the second level instead of the first; below, the {level} interval.",
        "Lecture : {goals} montrent de combien de points les entreprises semblables ont plus souvent ce but quand la capacité est au second niveau plutôt qu’au premier ; dessous, l’intervalle à {level}.",
        "Lectura: {goals} muestran en cuántos puntos más a menudo las empresas parecidas tienen la meta cuando la capacidad está en el segundo nivel y no en el primero; debajo, el intervalo del {level}."
      )
    case .readColumns:
      (
        "“Peers”: share of comparable firms below this one. “Place”: {level} interval of the place. “First 3”: how often it is among the first three when the survey is drawn anew. “Goes with”: how often it is those goals.",
        "« Pairs » : part des entreprises comparables au-dessous de celle-ci. « Rang » : intervalle du rang à {level}. « 3 premiers » : part des répétitions simulées de l’enquête où la capacité est parmi les trois premières. « Va avec » : part où ce sont ces buts.",
        "«Pares»: parte de las empresas comparables por debajo de esta. «Puesto»: intervalo del puesto al {level}. «3 primeros»: parte de las repeticiones simuladas de la encuesta en que está entre las tres primeras. «Va con»: parte en que son esas metas."
      )
    case .readPareto:
      (
        "{mark} no other capability is better for one goal without being worse for the other.",
        "{mark} aucune autre capacité n’est meilleure pour un but sans être moins bonne pour l’autre.",
        "{mark} ninguna otra capacidad es mejor para una meta sin ser peor para la otra."
      )
    }
  }
}
