/// Everything that is said to an adviser about a diagnosis, once per language.
///
/// Words in braces are filled in. No phrase says that a practice causes, leads to or guarantees anything: models of
/// surveys know associations among firms at one time.
public enum Phrase: String, Sendable, Hashable, CaseIterable {
  // Headings and columns
  case diagnosisOf, probability, interval, rank, rankRange, capability, level, target, uplift, effort, peers
  case innovation, export, both, neither, innovationOnly, exportOnly
  case priorities, strengths, gaps, bestLevers, plan, alternatives, missingAnswers
  // Sentences about one firm
  case chances, chancesOfBoth, similarFirms, nextStep, upliftOf, ofTheModel, tiedWith, amongFirst, rankBetween
  case gapAndLever, spaceOf, agreement, peerPercentile, peerGroupWidened, peersTooFew
  // Results that are not errors
  case alreadyStrong, everythingStrong, nothingDistinguishable, outsideExperience, missingCouldMatter
  case expertWeightsOnly, noReplicates, allTied
  // Capabilities' spaces
  case spaceBoth, spaceInnovation, spaceExport, spaceNeither
  // Plans
  case planReaches, planWithinBudget, noSuchPlan, planBounded, planRobust, planNothingNeeded, planStep
  // Sample size
  case gateExpertOnly, gateMix, gatePooled, gateFull, firmsNeeded, smallerClass
  // Classes of the potential index
  case classProactive, classPreactive, classReactive, classPassive, betweenClasses, distanceToNext
  // Models
  case synergy, noSynergy, association, point, points, firm, firms, step, steps
}

extension Phrase {
  /// English, French, Spanish.
  var texts: (en: String, fr: String, es: String) {
    switch self {
    case .diagnosisOf: ("Diagnosis of {firm}", "Diagnostic de {firm}", "Diagnóstico de {firm}")
    case .probability: ("Chance", "Chance", "Probabilidad")
    case .interval: ("{level} interval", "intervalle à {level}", "intervalo del {level}")
    case .rank: ("Rank", "Rang", "Puesto")
    case .rankRange: ("Rank range", "Fourchette de rangs", "Rango de puestos")
    case .capability: ("Capability", "Capacité", "Capacidad")
    case .level: ("Level now", "Niveau actuel", "Nivel actual")
    case .target: ("Next level", "Niveau suivant", "Nivel siguiente")
    case .uplift: ("Difference one step higher", "Écart un niveau plus haut", "Diferencia un nivel más arriba")
    case .effort: ("Effort", "Effort", "Esfuerzo")
    case .peers: ("Comparable firms", "Entreprises comparables", "Empresas comparables")
    case .innovation: ("innovation", "innovation", "innovación")
    case .export: ("export", "exportation", "exportación")
    case .both: ("both", "les deux", "ambas")
    case .neither: ("neither", "aucune des deux", "ninguna")
    case .innovationOnly: ("innovation only", "innovation seulement", "solo innovación")
    case .exportOnly: ("export only", "exportation seulement", "solo exportación")
    case .priorities: ("Priorities", "Priorités", "Prioridades")
    case .strengths: ("Already strong", "Déjà solides", "Ya sólidas")
    case .gaps: ("Largest gaps", "Écarts les plus grands", "Mayores diferencias")
    case .bestLevers: ("Best levers", "Meilleurs leviers", "Mejores palancas")
    case .plan: ("Plan", "Plan", "Plan")
    case .alternatives: ("Nearly as good", "Presque aussi bons", "Casi igual de buenos")
    case .missingAnswers: ("Answers missing", "Réponses manquantes", "Respuestas que faltan")

    case .chances:
      (
        "Among firms with these answers, about {share} report {outcome} ({low} to {high}).",
        "Parmi les entreprises avec ces réponses, environ {share} déclarent {outcome} (de {low} à {high}).",
        "Entre las empresas con estas respuestas, cerca de {share} declaran {outcome} (de {low} a {high})."
      )
    case .chancesOfBoth:
      (
        "About {share} report both at once ({low} to {high}).",
        "Environ {share} déclarent les deux à la fois (de {low} à {high}).",
        "Cerca de {share} declaran ambas a la vez (de {low} a {high})."
      )
    case .similarFirms:
      (
        "Firms like this one that score higher on {capability} more often report {outcome}.",
        "Les entreprises semblables qui ont un meilleur niveau en {capability} déclarent plus souvent {outcome}.",
        "Las empresas parecidas con un nivel más alto en {capability} declaran con más frecuencia {outcome}."
      )
    case .nextStep:
      (
        "{capability}: from level {from} to level {to}", "{capability} : du niveau {from} au niveau {to}",
        "{capability}: del nivel {from} al nivel {to}"
      )
    case .upliftOf:
      (
        "{uplift} on {outcome} ({low} to {high})", "{uplift} pour {outcome} (de {low} à {high})",
        "{uplift} en {outcome} (de {low} a {high})"
      )
    case .ofTheModel:
      (
        "differences between otherwise similar firms, according to the model",
        "écarts entre entreprises par ailleurs semblables, selon le modèle",
        "diferencias entre empresas por lo demás parecidas, según el modelo"
      )
    case .tiedWith:
      (
        "cannot be told apart from {capabilities}", "ne se distingue pas de {capabilities}",
        "no se distingue de {capabilities}"
      )
    case .amongFirst:
      (
        "among the first {count} in {share} of replicates", "parmi les {count} premières dans {share} des réplications",
        "entre las {count} primeras en el {share} de las réplicas"
      )
    case .rankBetween: ("rank {low} to {high}", "rang {low} à {high}", "puesto {low} a {high}")
    case .gapAndLever:
      (
        "The largest gap is {gap}; the best lever is {lever}. They are not the same.",
        "L’écart le plus grand est {gap} ; le meilleur levier est {lever}. Ce ne sont pas les mêmes.",
        "La mayor diferencia es {gap}; la mejor palanca es {lever}. No son la misma."
      )
    case .spaceOf: ("{capability}: {space}", "{capability} : {space}", "{capability}: {space}")
    case .agreement:
      ("{share} of replicates agree", "{share} des réplications concordent", "el {share} de las réplicas coincide")
    case .peerPercentile:
      (
        "higher than {share} of {count} comparable firms ({group})",
        "au-dessus de {share} des {count} entreprises comparables ({group})",
        "por encima del {share} de {count} empresas comparables ({group})"
      )
    case .peerGroupWidened:
      (
        "The group of comparable firms was widened to {group}, so that it holds at least {count}.",
        "Le groupe d’entreprises comparables a été élargi à {group}, pour en compter au moins {count}.",
        "El grupo de empresas comparables se amplió a {group}, para que cuente al menos {count}."
      )
    case .peersTooFew:
      (
        "Fewer than {count} comparable firms: no comparison is shown.",
        "Moins de {count} entreprises comparables : aucune comparaison n’est affichée.",
        "Menos de {count} empresas comparables: no se muestra ninguna comparación."
      )

    case .alreadyStrong:
      (
        "{capability} is already strong: there is no higher level.",
        "{capability} est déjà solide : il n’y a pas de niveau plus élevé.",
        "{capability} ya es sólida: no hay un nivel más alto."
      )
    case .everythingStrong:
      (
        "Every capability is already at its highest level: there is no priority to name.",
        "Toutes les capacités sont déjà à leur niveau le plus élevé : il n’y a pas de priorité à nommer.",
        "Todas las capacidades están ya en su nivel más alto: no hay prioridad que nombrar."
      )
    case .nothingDistinguishable:
      (
        "Nothing can be distinguished from noise: the data do not support an order for this firm.",
        "Rien ne se distingue du bruit : les données ne permettent pas d’ordre pour cette entreprise.",
        "Nada se distingue del ruido: los datos no permiten un orden para esta empresa."
      )
    case .outsideExperience:
      (
        "This firm is outside what the model has seen ({reason}): take its figures with great caution.",
        "Cette entreprise sort de ce que le modèle a vu ({reason}) : ses chiffres sont à prendre avec grande prudence.",
        "Esta empresa está fuera de lo que el modelo ha visto ({reason}): sus cifras piden mucha prudencia."
      )
    case .missingCouldMatter:
      (
        "The answer on {capability} is missing, and could change the order: ask for it.",
        "La réponse sur {capability} manque et pourrait changer l’ordre : demandez-la.",
        "Falta la respuesta sobre {capability} y podría cambiar el orden: pregúntela."
      )
    case .expertWeightsOnly:
      ("Expert weights, no data yet.", "Poids d’experts, pas encore de données.", "Pesos de expertos, aún sin datos.")
    case .noReplicates:
      (
        "The model holds no replicates: how sure the order is cannot be said.",
        "Le modèle n’a pas de réplications : on ne peut pas dire si l’ordre est sûr.",
        "El modelo no tiene réplicas: no se puede decir cuán seguro es el orden."
      )
    case .allTied:
      (
        "These capabilities are tied: choose among them by effort and by what the firm wants.",
        "Ces capacités sont à égalité : choisissez selon l’effort et selon ce que veut l’entreprise.",
        "Estas capacidades están empatadas: elija según el esfuerzo y según lo que la empresa quiere."
      )

    case .spaceBoth:
      ("goes with both outcomes", "va de pair avec les deux résultats", "va de la mano de ambos resultados")
    case .spaceInnovation:
      ("goes with innovation only", "va de pair avec l’innovation seulement", "va de la mano solo de la innovación")
    case .spaceExport:
      ("goes with export only", "va de pair avec l’exportation seulement", "va de la mano solo de la exportación")
    case .spaceNeither:
      (
        "goes with neither outcome", "ne va de pair avec aucun des deux résultats",
        "no va de la mano de ninguno de los dos resultados"
      )

    case .planReaches:
      (
        "The least effort with which firms like this one reach {innovation} on innovation and {export} on export: {effort}.",
        "Le moindre effort avec lequel des entreprises semblables atteignent {innovation} en innovation et {export} en exportation : {effort}.",
        "El menor esfuerzo con el que empresas parecidas alcanzan {innovation} en innovación y {export} en exportación: {effort}."
      )
    case .planWithinBudget:
      (
        "The best plan within an effort of {budget}.", "Le meilleur plan pour un effort de {budget}.",
        "El mejor plan con un esfuerzo de {budget}."
      )
    case .noSuchPlan:
      (
        "No plan reaches this target: every combination was ruled out.",
        "Aucun plan n’atteint cette cible : toutes les combinaisons ont été exclues.",
        "Ningún plan alcanza este objetivo: se descartaron todas las combinaciones."
      )
    case .planBounded:
      (
        "The search stopped at its limit: no plan has an effort below {bound}.",
        "La recherche s’est arrêtée à sa limite : aucun plan n’a un effort inférieur à {bound}.",
        "La búsqueda se detuvo en su límite: ningún plan tiene un esfuerzo inferior a {bound}."
      )
    case .planRobust:
      (
        "It reaches the target in {share} of replicates.", "Il atteint la cible dans {share} des réplications.",
        "Alcanza el objetivo en el {share} de las réplicas."
      )
    case .planNothingNeeded:
      ("The target is already reached.", "La cible est déjà atteinte.", "El objetivo ya está alcanzado.")
    case .planStep:
      (
        "{capability}: {steps} up, effort {effort}", "{capability} : {steps} de plus, effort {effort}",
        "{capability}: {steps} más, esfuerzo {effort}"
      )

    case .gateExpertOnly:
      (
        "{count}: too few to learn from. Weights come from experts; the data only describe.",
        "{count} : trop peu pour apprendre. Les poids viennent d’experts ; les données ne font que décrire.",
        "{count}: demasiado pocas para aprender. Los pesos vienen de expertos; los datos solo describen."
      )
    case .gateMix:
      (
        "{count}: data and expert weights are mixed; no priorities by country.",
        "{count} : données et poids d’experts sont mêlés ; pas de priorités par pays.",
        "{count}: se mezclan datos y pesos de expertos; sin prioridades por país."
      )
    case .gatePooled:
      (
        "{count}: one model for all groups, whose differences are drawn together.",
        "{count} : un modèle pour tous les groupes, dont les différences sont resserrées.",
        "{count}: un modelo para todos los grupos, cuyas diferencias se acercan entre sí."
      )
    case .gateFull:
      (
        "{count}: enough for models by country, where each country has enough firms of its own.",
        "{count} : assez pour des modèles par pays, là où chaque pays a assez d’entreprises.",
        "{count}: suficientes para modelos por país, donde cada país tenga bastantes empresas."
      )
    case .firmsNeeded:
      (
        "About {needed} firms would be needed to estimate {parameters} capabilities freely (Riley et al. 2019).",
        "Il faudrait environ {needed} entreprises pour estimer librement {parameters} capacités (Riley et al. 2019).",
        "Harían falta unas {needed} empresas para estimar libremente {parameters} capacidades (Riley et al. 2019)."
      )
    case .smallerClass:
      (
        "Only {count} of them are of the rarer outcome ({outcome}), which is what decides.",
        "Seules {count} d’entre elles sont du résultat le plus rare ({outcome}), et c’est ce qui compte.",
        "Solo {count} de ellas son del resultado menos frecuente ({outcome}), que es lo que cuenta."
      )

    case .classProactive: ("proactive", "proactive", "proactiva")
    case .classPreactive: ("preactive", "préactive", "preactiva")
    case .classReactive: ("reactive", "réactive", "reactiva")
    case .classPassive: ("passive", "passive", "pasiva")
    case .betweenClasses:
      ("between {lower} and {upper}", "entre {lower} et {upper}", "entre {lower} y {upper}")
    case .distanceToNext:
      (
        "{distance} from the class above", "à {distance} de la classe supérieure", "a {distance} de la clase superior"
      )

    case .synergy:
      (
        "Innovation and export occur together more often than each alone would tell (odds ratio {ratio}, {low} to {high}).",
        "Innovation et exportation vont ensemble plus souvent que chacune seule ne le dirait (rapport de cotes {ratio}, de {low} à {high}).",
        "Innovación y exportación se dan juntas más de lo que cada una por sí sola diría (razón de momios {ratio}, de {low} a {high})."
      )
    case .noSynergy:
      (
        "No sign that innovation and export occur together beyond what the capabilities tell (odds ratio {ratio}, {low} to {high}).",
        "Aucun signe qu’innovation et exportation aillent ensemble au-delà de ce que disent les capacités (rapport de cotes {ratio}, de {low} à {high}).",
        "Ninguna señal de que innovación y exportación se den juntas más allá de lo que dicen las capacidades (razón de momios {ratio}, de {low} a {high})."
      )
    case .association:
      (
        "These are associations among the firms surveyed, not promises for this one.",
        "Ce sont des associations parmi les entreprises enquêtées, pas des promesses pour celle-ci.",
        "Son asociaciones entre las empresas encuestadas, no promesas para esta."
      )
    case .point: ("point", "point", "punto")
    case .points: ("points", "points", "puntos")
    case .firm: ("firm", "entreprise", "empresa")
    case .firms: ("firms", "entreprises", "empresas")
    case .step: ("level", "niveau", "nivel")
    case .steps: ("levels", "niveaux", "niveles")
    }
  }
}
