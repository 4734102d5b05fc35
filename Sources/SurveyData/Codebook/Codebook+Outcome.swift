extension Codebook {
  /// What is predicted: a yes-or-no made by a rule, an ordered answer, or a quantity.
  public struct Outcome: Sendable, Hashable {
    public var id: String
    public var name: LocalizedText
    public var definition: Definition
    /// Whether it is used when nobody says which outcomes to use.
    public var isDefault: Bool

    public init(id: String, name: LocalizedText? = nil, definition: Definition, isDefault: Bool = true) {
      self.id = id
      self.name = name ?? LocalizedText(id)
      self.definition = definition
      self.isDefault = isDefault
    }

    public enum Kind: String, Sendable, Hashable, Codable { case binary, ordinal, continuous }

    public var kind: Kind {
      switch definition {
      case .condition, .anyOf, .allOf: .binary
      case .ordinal: .ordinal
      case .continuous: .continuous
      }
    }
  }

  /// A column as an outcome reads it.
  public struct OutcomeColumn: Sendable, Hashable {
    public var column: String
    public var scale: String?
    /// From low to high. With levels, a text that is not among them is reported, not taken for a *no*.
    public var levels: [Level]
    public var missing: [MissingCodes]

    public init(_ column: String, scale: String? = nil, levels: [Level] = [], missing: [MissingCodes] = []) {
      self.column = column
      self.scale = scale
      self.levels = levels
      self.missing = missing
    }
  }

  /// How an outcome is made from columns.
  ///
  /// Conditions have three values: a missing answer leaves the result missing unless the other parts decide it.
  public indirect enum Definition: Sendable, Hashable {
    case condition(OutcomeColumn, OutcomeRule)
    case anyOf([Definition])
    case allOf([Definition])
    /// Levels in order; coded 0, 1, ….
    case ordinal(OutcomeColumn)
    case continuous(OutcomeColumn)

    /// The columns it reads, in order, with repetitions.
    public var columns: [String] { parts.map(\.column) }

    /// The columns with their levels and missing codes, in order.
    var parts: [OutcomeColumn] {
      switch self {
      case .condition(let column, _), .ordinal(let column), .continuous(let column): [column]
      case .anyOf(let parts), .allOf(let parts): parts.flatMap(\.parts)
      }
    }

    /// The rule as a person would write it: `p.4.1.1 == Si or p.4.1.2 == Si`.
    public var description: String {
      switch self {
      case .condition(let column, let rule): "\(column.column) \(rule)"
      case .anyOf(let parts): parts.map { $0.nestedDescription }.joined(separator: " or ")
      case .allOf(let parts): parts.map { $0.nestedDescription }.joined(separator: " and ")
      case .ordinal(let column): "\(column.column) (ordered)"
      case .continuous(let column): column.column
      }
    }

    private var nestedDescription: String {
      switch self {
      case .anyOf(let parts) where parts.count > 1, .allOf(let parts) where parts.count > 1: "(\(description))"
      default: description
      }
    }
  }
}
