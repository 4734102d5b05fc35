/// A condition that a benchmark must meet, such as `auc.export >= 0.75` or `logLoss.innovation.ridge < 0.6`: for use in
/// automation.
public struct BenchmarkGate: Sendable, Equatable {
  public enum Relation: String, Sendable {
    case atLeast = ">="
    case atMost = "<="
    case above = ">"
    case below = "<"
  }

  public let metric: BenchmarkMetric
  public let outcome: String
  /// `nil` asks it of the best candidate.
  public let candidate: String?
  public let relation: Relation
  public let bound: Double

  /// - Parameter text: `METRIC.OUTCOME[.CANDIDATE] RELATION NUMBER`; metrics by their raw names or `r2`, `rmse`, `mae`.
  /// - Throws: ``EvaluationError/invalidParameter(name:value:expected:)``.
  public init(_ text: String) throws(EvaluationError) {
    let failure = EvaluationError.invalidParameter(
      name: "the gate", value: "'\(text)'",
      expected: "METRIC.OUTCOME[.CANDIDATE] with >=, <=, > or < and a number, such as 'auc.export >= 0.75'")
    // Longer relations first: '>' is also the start of '>='.
    let relations: [Relation] = [.atLeast, .atMost, .above, .below]
    guard
      let (relation, sides) = relations.lazy.compactMap({ relation -> (Relation, [Substring])? in
        let sides = text.split(separator: relation.rawValue, maxSplits: 1, omittingEmptySubsequences: false)
        return sides.count == 2 ? (relation, sides) : nil
      }).first
    else { throw failure }
    let path = Self.trimmed(sides[0]).split(separator: ".", maxSplits: 2).map(String.init)
    let aliases = [
      "r2": BenchmarkMetric.rSquared, "rmse": .rootMeanSquaredError, "mae": .meanAbsoluteError,
    ]
    guard path.count >= 2, let metric = BenchmarkMetric(rawValue: path[0]) ?? aliases[path[0]],
      let bound = Double(Self.trimmed(sides[1])), bound.isFinite
    else { throw failure }
    self.metric = metric
    outcome = path[1]
    candidate = path.count == 3 ? path[2] : nil
    self.relation = relation
    self.bound = bound
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  /// Whether the result meets it, and the sentence that says so. A value that does not exist does not meet it.
  public func check(_ result: BenchmarkResult) -> (isMet: Bool, message: String) {
    guard let outcome = result.outcome(outcome) else { return (false, "there is no outcome '\(outcome)'") }
    let values = outcome.candidates.filter { candidate == nil || $0.name == candidate }
      .compactMap { own in own.metric(metric).map { (name: own.name, value: $0.value) } }
    let isHigherBetter = metric.isHigherBetter ?? (relation == .atLeast || relation == .above)
    guard let best = values.min(by: { isHigherBetter ? $0.value > $1.value : $0.value < $1.value }) else {
      return (false, "\(metric.title) of '\(outcome.name)' is not defined")
    }
    let isMet =
      switch relation {
      case .atLeast: best.value >= bound
      case .atMost: best.value <= bound
      case .above: best.value > bound
      case .below: best.value < bound
      }
    return (
      isMet,
      "\(metric.title) of \(best.name) on \(outcome.name) is \(best.value); "
        + "\(isMet ? "" : "not ")\(relation.rawValue) \(bound)"
    )
  }
}
