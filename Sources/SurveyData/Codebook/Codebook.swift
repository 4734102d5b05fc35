/// What a survey's columns mean: items and the capabilities they measure, context, outcomes, missing codes, design.
///
/// Read from YAML by ``init(yaml:name:)``, which checks everything and names the line of what is wrong; written by
/// ``yaml()``. Reading what was written gives an equal codebook.
public struct Codebook: Sendable, Equatable {
  public var title: LocalizedText
  /// Whether the firms are invented; it is said wherever results appear.
  public var isSimulated: Bool
  /// Codes that mean, in every column, that there is no answer.
  public var missing: [MissingCodes]
  /// Named lists of levels, which variables refer to.
  public var scales: [Scale]
  public var items: [Variable]
  public var capabilities: [Capability]
  /// What a firm cannot choose: country, sector, size, age.
  public var context: [Variable]
  public var outcomes: [Outcome]
  /// Columns that are known to give an outcome away; never used as features.
  public var leaks: [String]
  public var design: Design

  public init(
    title: LocalizedText = "", isSimulated: Bool = false, missing: [MissingCodes] = [], scales: [Scale] = [],
    items: [Variable] = [], capabilities: [Capability] = [], context: [Variable] = [], outcomes: [Outcome] = [],
    leaks: [String] = [], design: Design = Design()
  ) {
    self.title = title
    self.isSimulated = isSimulated
    self.missing = missing
    self.scales = scales
    self.items = items
    self.capabilities = capabilities
    self.context = context
    self.outcomes = outcomes
    self.leaks = leaks
    self.design = design
  }

  /// Codes that stand for one reason why there is no answer.
  public struct MissingCodes: Sendable, Hashable {
    public var codes: [AnswerCode]
    public var reason: MissingReason

    public init(codes: [AnswerCode], reason: MissingReason) {
      self.codes = codes
      self.reason = reason
    }
  }

  /// One answer out of an ordered or unordered list, and the codes that stand for it.
  public struct Level: Sendable, Hashable, Codable {
    /// At least one; the first is the usual one.
    public var codes: [AnswerCode]
    /// What a person reads; the first code where nothing else is said.
    public var label: LocalizedText

    public init(codes: [AnswerCode], label: LocalizedText? = nil) {
      self.codes = codes
      self.label = label ?? LocalizedText(codes.first?.text ?? "")
    }
  }

  public struct Scale: Sendable, Hashable {
    public var name: String
    /// From low to high.
    public var levels: [Level]

    public init(name: String, levels: [Level]) {
      self.name = name
      self.levels = levels
    }
  }

  /// How the answers of a variable are to be read.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Degrees of agreement or frequency, in order.
    case likert
    /// Levels in order.
    case ordinal
    /// Two levels, the second being *yes* or *more*.
    case binary
    /// A quantity.
    case numeric
    /// Levels without order.
    case nominal

    /// Whether a higher code means more.
    public var isOrdered: Bool { self != .nominal }
  }

  /// What a context variable is, where the tool treats it specially.
  public enum Role: String, Sendable, Hashable, Codable, CaseIterable {
    case country, sector, size, age
  }

  /// A question: an item that measures a capability, or a piece of context.
  public struct Variable: Sendable, Hashable {
    /// The column in the file.
    public var column: String
    /// What it is called everywhere else; the column unless said otherwise. Unique over items and context.
    public var id: String
    /// The wording of the question, or the name of the context variable.
    public var text: LocalizedText
    public var kind: Kind
    /// The named scale that `levels` are from.
    public var scale: String?
    /// From low to high for ordered kinds. Empty for numbers, and for nominal and binary variables whose levels are
    /// those of the data.
    public var levels: [Level]
    /// The highest level is the least; the encoding turns it round.
    public var isReversed: Bool
    /// Codes of this column in addition to the codebook's; they win over those.
    public var missing: [MissingCodes]
    /// Of context variables only.
    public var role: Role?

    public init(
      column: String, id: String? = nil, text: LocalizedText? = nil, kind: Kind, scale: String? = nil,
      levels: [Level] = [], isReversed: Bool = false, missing: [MissingCodes] = [], role: Role? = nil
    ) {
      self.column = column
      self.id = id ?? column
      self.text = text ?? LocalizedText(id ?? column)
      self.kind = kind
      self.scale = scale
      self.levels = levels
      self.isReversed = isReversed
      self.missing = missing
      self.role = role
    }
  }

  /// Something that a firm is able to do, measured by items.
  public struct Capability: Sendable, Hashable {
    public enum Direction: String, Sendable, Hashable, Codable, CaseIterable { case positive, negative, unknown }

    public struct WeightedItem: Sendable, Hashable {
      /// The id of the item.
      public var item: String
      public var weight: Double

      public init(_ item: String, weight: Double = 1) {
        self.item = item
        self.weight = weight
      }
    }

    public var id: String
    public var name: LocalizedText
    public var description: LocalizedText?
    public var items: [WeightedItem]
    /// Whether a firm can act on it.
    public var isActionable: Bool
    /// How it is expected to go with the outcomes.
    public var direction: Direction
    /// Of one step, in any unit.
    public var effort: Double
    /// A dimension of the common space, or a specific one.
    public var dimension: String?

    public init(
      id: String, name: LocalizedText? = nil, description: LocalizedText? = nil, items: [WeightedItem],
      isActionable: Bool = true, direction: Direction = .positive, effort: Double = 1, dimension: String? = nil
    ) {
      self.id = id
      self.name = name ?? LocalizedText(id)
      self.description = description
      self.items = items
      self.isActionable = isActionable
      self.direction = direction
      self.effort = effort
      self.dimension = dimension
    }
  }

  /// Which columns say who a firm is and how it was sampled.
  public struct Design: Sendable, Hashable {
    /// The firm's identifier.
    public var id: String?
    /// The sampling weight.
    public var weight: String?
    public var strata: String?
    public var cluster: String?
    /// Columns to group results by.
    public var groups: [String]

    public init(
      id: String? = nil, weight: String? = nil, strata: String? = nil, cluster: String? = nil, groups: [String] = []
    ) {
      self.id = id
      self.weight = weight
      self.strata = strata
      self.cluster = cluster
      self.groups = groups
    }
  }

  /// The capability that an item measures.
  public func capability(ofItem id: String) -> Capability? {
    capabilities.first { $0.items.contains { $0.item == id } }
  }

  /// The columns that the outcomes are made from, each once, in order.
  public var outcomeColumns: [String] {
    var seen = Set<String>()
    return outcomes.flatMap { $0.definition.columns }.filter { seen.insert($0).inserted }
  }
}
