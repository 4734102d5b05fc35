import Foundation
import StatisticalLearning

/// How the probability of two outcomes together follows from the probability of each: a rule with a dependence that is
/// learned from firms that the models had not seen.
public struct BenchmarkJoint: Sendable {
  /// Turns the log-odds of both outcomes into the log-odds of having both.
  public typealias Combination = @Sendable (_ first: Double, _ second: Double) -> Double

  /// Held-out rows whose two outcomes are known.
  public struct HeldOut: Sendable {
    public var first: [Double]
    public var second: [Double]
    public var firstOutcomes: [Double]
    public var secondOutcomes: [Double]
    public var weights: [Double]
  }

  public let name: String
  /// The names of the two outcomes, both binary.
  public let first: String
  public let second: String
  /// - Returns: `nil` when the rows tell nothing: then the two are taken as independent.
  public let learn: @Sendable (HeldOut) -> Combination?

  public init(
    name: String = "both", first: String, second: String, learn: @escaping @Sendable (HeldOut) -> Combination?
  ) {
    self.name = name
    self.first = first
    self.second = second
    self.learn = learn
  }

  /// `p · q` from log-odds, without losing small numbers: `log p = −log(1 + exp(−f))`, `1 − pq = (1 − p) + p (1 − q)`.
  static func independent(_ first: Double, _ second: Double) -> Double {
    let logBoth = -logOnePlusExp(-first) - logOnePlusExp(-second)
    // 1 − pq as a sum of two positive parts.
    let notBoth = sigmoid(-first) + sigmoid(first) * sigmoid(-second)
    return logBoth - log(notBoth)
  }
}

extension BenchmarkRun {
  /// The run with the joint outcome as one more, and the fits with predictions of it.
  ///
  /// A row has both when both outcomes are 1, lacks it when one is known to be 0. For each split the dependence is
  /// learned from the held-out predictions of the repeat's other splits (the earlier ones when splits are ordered in
  /// time), of the same candidate: never from the rows that are tested.
  func joined(_ fits: [FitResult]) -> (run: BenchmarkRun, fits: [FitResult]) {
    guard let joint, let first = outcomes.firstIndex(where: { $0.name == joint.first }),
      let second = outcomes.firstIndex(where: { $0.name == joint.second })
    else { return (self, fits) }
    var run = self
    let pairs = zip(outcomes[first].values, outcomes[second].values)
    run.outcomes.append(
      BenchmarkOutcome(
        name: joint.name, kind: .binary,
        values: pairs.map { a, b in a == 0 || b == 0 ? 0 : a.isNaN || b.isNaN ? .nan : 1 }))
    let own = self
    let indices = fits.indices
    let combined = Parallel.map(count: indices.count, threadCount: threadCount) { index -> FitResult in
      var fit = fits[index]
      guard fit.failure == nil else { return fit }
      let held = own.heldOut(fits, for: fit.task, first: first, second: second)
      let combine = (held.first.isEmpty ? nil : joint.learn(held)) ?? BenchmarkJoint.independent
      fit.values.append(zip(fit.values[first], fit.values[second]).map { combine($0, $1) })
      return fit
    }
    return (run, combined)
  }

  /// What the repeat's other splits predicted for their test rows.
  private func heldOut(_ fits: [FitResult], for task: Task, first: Int, second: Int) -> BenchmarkJoint.HeldOut {
    var held = BenchmarkJoint.HeldOut(first: [], second: [], firstOutcomes: [], secondOutcomes: [], weights: [])
    for fit in fits where isCompanion(fit, of: task) {
      for (place, row) in fit.task.split.testRows.enumerated() {
        let (a, b) = (outcomes[first].values[row], outcomes[second].values[row])
        let weight = weights?[row] ?? 1
        guard !a.isNaN, !b.isNaN, weight > 0 else { continue }
        held.first.append(fit.values[first][place])
        held.second.append(fit.values[second][place])
        held.firstOutcomes.append(a)
        held.secondOutcomes.append(b)
        held.weights.append(weight)
      }
    }
    return held
  }
}
