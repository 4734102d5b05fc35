import SurveyData

/// The adviser's words and figures in one language.
public struct Phrases: Sendable, Hashable {
  public let language: Language

  public init(_ language: Language) { self.language = language }

  /// The phrase with its braces filled.
  ///
  /// - Parameter values: One per name in braces, and no others.
  public func text(_ phrase: Phrase, _ values: [String: String] = [:]) -> String {
    filled(template(phrase), values, of: phrase.rawValue)
  }

  /// The same of a phrase of the printed diagnosis.
  public func text(_ phrase: DiagnosisPhrase, _ values: [String: String] = [:]) -> String {
    filled(pick(phrase.texts), values, of: phrase.rawValue)
  }

  /// The same of a phrase of the printed plan.
  public func text(_ phrase: PlanPhrase, _ values: [String: String] = [:]) -> String {
    filled(pick(phrase.texts), values, of: phrase.rawValue)
  }

  /// The same of a phrase of the printed indices.
  public func text(_ phrase: IndexPhrase, _ values: [String: String] = [:]) -> String {
    filled(pick(phrase.texts), values, of: phrase.rawValue)
  }

  private func filled(_ template: String, _ values: [String: String], of phrase: String) -> String {
    var result = ""
    var rest = template[...]
    var used = 0
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let name = String(rest[rest.index(after: open)..<close])
      guard let value = values[name] else {
        preconditionFailure("the phrase '\(phrase)' needs a value for '\(name)'")
      }
      result += rest[..<open] + value
      rest = rest[rest.index(after: close)...]
      used += 1
    }
    precondition(values.count <= used, "the phrase '\(phrase)' was given values that it has no place for")
    return result + rest
  }

  func template(_ phrase: Phrase) -> String { pick(phrase.texts) }

  func pick(_ texts: (en: String, fr: String, es: String)) -> String {
    switch language {
    case .en: texts.en
    case .fr: texts.fr
    case .es: texts.es
    }
  }

  /// The name of a space.
  public func name(of space: CapabilitySpace) -> String {
    switch space {
    case .both: text(.spaceBoth)
    case .innovationOnly: text(.spaceInnovation)
    case .exportOnly: text(.spaceExport)
    case .neither: text(.spaceNeither)
    }
  }

  public func name(of behaviour: BehaviourClass) -> String {
    switch behaviour {
    case .proactive: text(.classProactive)
    case .preactive: text(.classPreactive)
    case .reactive: text(.classReactive)
    case .passive: text(.classPassive)
    }
  }

  /// A firm by its identifier; one that has none is known by its row: `firm 3` for `row 3`.
  public func firmName(_ id: String) -> String {
    guard id.hasPrefix("row "), let row = Int(id.dropFirst(4)) else { return id }
    return text(.firm) + " " + number(Double(row))
  }

  /// What stands between two clauses, and before what is listed: French puts a space before these signs.
  public var semicolon: String { language == .fr ? " ; " : "; " }
  public var colon: String { language == .fr ? " : " : ": " }

  /// "a", "a and b", "a, b and c".
  public func list(_ items: [String]) -> String {
    let last: String
    switch language {
    case .en: last = " and "
    case .fr: last = " et "
    case .es:
      // "y" becomes "e" before the sound of an i ("e innovación"), but not before a diphthong ("y hielo").
      let next = (items.last ?? "").lowercased()
      let vowel =
        next.hasPrefix("hi") ? next.dropFirst(2) : (next.hasPrefix("i") || next.hasPrefix("í") ? next.dropFirst() : nil)
      last = vowel.map { !["a", "e", "o"].contains($0.prefix(1)) } ?? false ? " e " : " y "
    }
    guard items.count > 1 else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + last + items[items.count - 1]
  }
}
