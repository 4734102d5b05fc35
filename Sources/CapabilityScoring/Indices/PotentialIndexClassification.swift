/// The published classification of firms by their potential index: an initial one with equal weights, then class
/// profiles by value-tests, an index with the profiles, and new classes, until no firm changes.
///
/// Source: Assielou (2008), pp. 101–120; the stopping rule could not be read there, and is ours: no firm changes class,
/// or a class pattern returns, or a bound on the iterations.
public struct PotentialIndexClassification: Sendable, Equatable {
  public enum Ending: String, Sendable, Hashable, Codable {
    /// No firm changed class.
    case converged
    /// A pattern of classes seen before came back: the iteration would go round for ever.
    case cycling
    /// The bound on the iterations.
    case iterationLimit
  }

  /// With equal weights (C0), one per firm.
  public let initialIndices: [Double]
  public let initialClasses: [BehaviourClass]
  /// With each firm's class profile (C_F).
  public let indices: [Double]
  public let classes: [BehaviourClass]
  /// The weights of each class that has a firm, from the last iteration; and its number of firms: with fewer than ten,
  /// value-tests are noise.
  public let profiles: [BehaviourClass: [Double]]
  public let classSizes: [BehaviourClass: Int]
  public let iterationCount: Int
  public let ending: Ending

  /// - Parameters:
  ///   - developments: *firms* × *practices*, `p_i` in `0...1`, complete.
  ///   - iterationLimit: Of re-classifications.
  public init(
    developments: [[Double]], bounds: ClassBounds = .published, divisor: ValueTest.Divisor = .count,
    iterationLimit: Int = 50
  ) {
    let practiceCount = developments.first?.count ?? 0
    precondition(developments.allSatisfy { $0.count == practiceCount }, "firms with different numbers of practices")
    let equal = [Double](repeating: practiceCount > 0 ? 1 / Double(practiceCount) : 0, count: practiceCount)
    func index(_ firm: [Double], _ weights: [Double]) -> Double {
      zip(firm, weights).reduce(0) { $0 + $1.0 * $1.1 }
    }
    initialIndices = developments.map { index($0, equal) }
    let start = initialIndices.map(bounds.classify)
    initialClasses = start

    var current = start
    var indices = initialIndices
    var profiles: [BehaviourClass: [Double]] = [:]
    var seen: Set<[BehaviourClass]> = [start]
    var ending = Ending.iterationLimit
    var iterations = 0
    while iterations < iterationLimit {
      iterations += 1
      profiles = [:]
      for behaviour in BehaviourClass.allCases {
        let members = current.map { $0 == behaviour }
        guard members.contains(true) else { continue }
        let statistics = (0..<practiceCount).map { i in
          ValueTest.statistic(developments.map { $0[i] }, members: members, divisor: divisor) ?? 0
        }
        profiles[behaviour] = ValueTest.profile(statistics)
      }
      indices = zip(developments, current).map { index($0, profiles[$1] ?? equal) }
      let next = indices.map(bounds.classify)
      if next == current {
        ending = .converged
        break
      }
      current = next
      if !seen.insert(next).inserted {
        ending = .cycling
        break
      }
    }
    self.indices = indices
    classes = current
    self.profiles = profiles
    classSizes = Dictionary(grouping: current) { $0 }.mapValues(\.count)
    iterationCount = iterations
    self.ending = ending
  }
}
