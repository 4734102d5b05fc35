import Foundation

extension MissingReason {
  /// The reason that a value label names, in English, French or Spanish: `Refused`, `No sabe`, `Sans objet`…; `nil`
  /// when it names none. Case, accents and punctuation do not matter.
  ///
  /// Labels that name two reasons, such as `Ns/Nc` (does not know or does not answer), are ``dontKnow``.
  public init?(label: String) {
    let words = Self.words(of: label)
    guard !words.isEmpty else { return nil }
    let text = " " + words.joined(separator: " ") + " "
    let found = Self.phrases.first { entry in
      entry.phrases.contains { text.contains(" " + $0 + " ") } || entry.whole.contains(words.joined(separator: " "))
    }
    guard let found else { return nil }
    self = found.reason
  }

  private static func words(of label: String) -> [String] {
    // Apostrophes join: “don't” is one word; “l'entreprise” does not matter here.
    let plain = label.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: Locale(identifier: "en"))
      .filter { $0 != "'" && $0 != "’" }
    return plain.split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }

  /// Phrases to be found among a label's words, and short forms that must be all of it. The first that fits counts.
  private static let phrases: [(reason: MissingReason, phrases: [String], whole: [String])] = [
    (
      .notAsked,
      [
        "not asked", "question not asked", "skipped", "filtered", "routed out", "not in questionnaire", "non posee",
        "question non posee", "filtre", "no preguntado", "no preguntada", "no se pregunto", "no se le pregunto",
        "salto",
        "filtrado",
      ], ["skip", "na filter", "filter"]
    ),
    (
      .dontKnow,
      [
        "dont know", "do not know", "doesnt know", "does not know", "cant say", "cannot say", "not sure", "ne sait pas",
        "ne sais pas", "nsp", "no sabe", "no sabe no contesta", "no sabe no responde", "ns nc", "ns nr", "dk",
        "dk nr",
      ], ["ns", "dk", "no se", "unknown", "inconnu", "desconocido"]
    ),
    (
      .refused,
      [
        "refused", "refusal", "refuses", "refuse", "declined", "declined to answer", "prefer not to say",
        "prefer not to answer", "no answer", "did not answer", "refus", "refuse de repondre", "ne repond pas",
        "sans reponse", "pas de reponse", "non reponse", "rehusa", "rehuso", "rechaza", "rechazo", "no contesta",
        "no responde", "no contesto", "no respondio", "sin respuesta",
      ], ["rf", "nr", "nc"]
    ),
    (
      .notApplicable,
      [
        "not applicable", "does not apply", "doesnt apply", "inapplicable", "sans objet", "non applicable",
        "ne sapplique pas", "non concerne", "pas concerne", "no aplica", "no se aplica", "no corresponde",
        "no aplicable",
        "no procede",
      ], ["n a", "na", "dna", "inap", "iap", "s o"]
    ),
  ]
}
