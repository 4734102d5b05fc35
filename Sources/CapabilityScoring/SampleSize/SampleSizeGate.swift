import SurveyData

/// How far the number of firms carries, and what the tool may say with it.
///
/// ```
/// fewer than 40   expert weights only, the data describe
/// 40–149          data and expert weights mixed, no priorities by country
/// 150–400         one model for all groups, interactions drawn together
/// more than 400   models by country
/// ```
///
/// What counts is not the firms alone but the rarer class of each outcome: the gate is that of
/// `min(firms, 2 · rarer class)`, which is the number of firms when the outcome is balanced. The gates are this
/// project's proposal; the number of firms needed is by the criteria of Riley et al. (2019), see ``SurveyData/SampleSize``.
public struct SampleSizeGate: Sendable, Equatable, Codable {
  public enum Level: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    case expertWeightsOnly, mixed, pooled, byGroup

    public static func < (left: Self, right: Self) -> Bool {
      allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
    }

    /// The level that so many firms of a balanced outcome reach.
    public init(firmCount: Int) {
      self = firmCount < 40 ? .expertWeightsOnly : (firmCount < 150 ? .mixed : (firmCount <= 400 ? .pooled : .byGroup))
    }
  }

  /// One outcome as it was observed.
  public struct Outcome: Sendable, Hashable, Codable {
    public var name: String
    /// Firms that have the outcome; `nil` for a continuous one, which has no classes.
    public var eventCount: Int?

    public init(name: String, eventCount: Int?) {
      self.name = name
      self.eventCount = eventCount
    }
  }

  public let level: Level
  public let firmCount: Int
  /// `min(firms, 2 · rarer class)` over the outcomes.
  public let effectiveCount: Int
  /// The outcome whose rarer class decides; `nil` when the number of firms does.
  public let decidingOutcome: String?
  /// Firms in that outcome's rarer class.
  public let rarerClassCount: Int?
  public let parameterCount: Int
  /// Firms needed to estimate all capabilities freely, for the more demanding outcome; `nil` when no outcome has two
  /// classes.
  public let neededCount: Int?

  /// - Parameters:
  ///   - parameterCount: Capabilities (or encoded features) to estimate, at least 1.
  ///   - coxSnellR2: Expected of the model; `nil` assumes 15 % of the largest possible.
  public init(firmCount: Int, outcomes: [Outcome], parameterCount: Int, coxSnellR2: Double? = nil) {
    precondition(firmCount >= 0 && parameterCount >= 1, "\(firmCount) firms, \(parameterCount) parameters")
    precondition(
      outcomes.allSatisfy { $0.eventCount.map { (0...firmCount).contains($0) } ?? true },
      "an outcome of more events than the \(firmCount) firms")
    var effective = firmCount
    var deciding: String?
    var rarer: Int?
    var needed: Int?
    for outcome in outcomes {
      guard let events = outcome.eventCount else { continue }
      let smaller = min(events, firmCount - events)
      // Balanced within one firm is balanced.
      if 2 * smaller + 1 < effective {
        effective = 2 * smaller
        deciding = outcome.name
        rarer = smaller
      }
      if smaller > 0 {
        let size = SampleSize(
          parameterCount: parameterCount, prevalence: Double(events) / Double(firmCount), coxSnellR2: coxSnellR2)
        needed = max(needed ?? 0, size.needed)
      }
    }
    self.firmCount = firmCount
    effectiveCount = effective
    decidingOutcome = deciding
    rarerClassCount = rarer
    self.parameterCount = parameterCount
    neededCount = needed
    level = Level(firmCount: effective)
  }

  /// Whether each capability may have priorities by country or sector.
  public var allowsPrioritiesByGroup: Bool { level == .byGroup }

  /// Whether expert weights take part.
  public var needsExpertWeights: Bool { level <= .mixed }

  /// Whether the firms are enough to estimate all capabilities freely; `nil` when that can't be said.
  public var isEnough: Bool? { neededCount.map { firmCount >= $0 } }

  /// Plain sentences: what the number of firms allows, which outcome decides, and how many firms would be needed.
  ///
  /// - Parameter outcomeName: An outcome's name in the language of `phrases`.
  public func explanation(in phrases: Phrases, outcomeName: (String) -> String = { $0 }) -> [String] {
    let gate: Phrase =
      switch level {
      case .expertWeightsOnly: .gateExpertOnly
      case .mixed: .gateMix
      case .pooled: .gatePooled
      case .byGroup: .gateFull
      }
    var sentences = [phrases.text(gate, ["count": phrases.firmCount(firmCount)])]
    if let decidingOutcome, let rarerClassCount, Level(firmCount: firmCount) != level {
      sentences.append(
        phrases.text(
          .smallerClass,
          ["count": phrases.number(Double(rarerClassCount)), "outcome": outcomeName(decidingOutcome)]))
    }
    if let neededCount, isEnough == false {
      sentences.append(
        phrases.text(
          .firmsNeeded,
          ["needed": phrases.number(Double(neededCount)), "parameters": phrases.number(Double(parameterCount))]))
    }
    return sentences
  }
}

extension SampleSizeGate {
  /// Below this count (of firms, or twice the rarer class) capabilities are shown in groups, without an order.
  public static let smallestOrderedCount = 100
}

extension ScoringModel {
  /// What the number of firms that the model was trained on allows it to say of its actionable capabilities.
  public var sampleSizeGate: SampleSizeGate {
    let count = record.outcomes.map(\.firmCount).min() ?? 0
    let kinds = Dictionary(outcomes.map { ($0.id, $0.kind) }) { first, _ in first }
    return SampleSizeGate(
      firmCount: count,
      outcomes: record.outcomes.map { outcome in
        // Each outcome's share, among the firms of the outcome that fewest answered.
        let events = Double(outcome.eventCount) / Double(max(outcome.firmCount, 1)) * Double(count)
        return .init(name: outcome.id, eventCount: kinds[outcome.id] == .binary ? Int(events.rounded()) : nil)
      }, parameterCount: max(1, capabilities.count))
  }
}
