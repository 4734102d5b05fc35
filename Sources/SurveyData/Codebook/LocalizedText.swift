/// A language that the tool speaks.
public enum Language: String, Sendable, Hashable, Codable, CaseIterable {
  case en, fr, es
}

/// A text in English and, where someone has translated it, in French and Spanish.
public struct LocalizedText: Sendable, Hashable, Codable {
  public var en: String
  public var fr: String?
  public var es: String?

  public init(_ en: String, fr: String? = nil, es: String? = nil) {
    self.en = en
    self.fr = fr
    self.es = es
  }

  /// The text in `language`; in English where there is no translation.
  public subscript(language: Language) -> String {
    switch language {
    case .en: en
    case .fr: fr ?? en
    case .es: es ?? en
    }
  }
}

extension LocalizedText: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self.init(value) }
}
