import SurveyData

/// The adviser's words and figures in one language.
public struct Phrases: Sendable, Hashable {
  public let language: Language

  public init(_ language: Language) { self.language = language }

  /// The phrase with its braces filled.
  ///
  /// - Parameter values: One per name in braces, and no others.
  public func text(_ phrase: Phrase, _ values: [String: String] = [:]) -> String {
    let template = template(phrase)
    var result = ""
    var rest = template[...]
    var used = 0
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let name = String(rest[rest.index(after: open)..<close])
      guard let value = values[name] else {
        preconditionFailure("the phrase '\(phrase.rawValue)' needs a value for '\(name)'")
      }
      result += rest[..<open] + value
      rest = rest[rest.index(after: close)...]
      used += 1
    }
    precondition(values.count <= used, "the phrase '\(phrase.rawValue)' was given values that it has no place for")
    return result + rest
  }

  func template(_ phrase: Phrase) -> String {
    let texts = phrase.texts
    return switch language {
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
