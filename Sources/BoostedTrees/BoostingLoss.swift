import Foundation
import StatisticalLearning

/// What boosting lowers: a loss of one or several raw scores per row.
///
/// Raw scores, gradients and second derivatives are laid out output by output: output `k` of row `i` is at
/// `k * rowCount + i`. Conform to this for a loss of several outputs; a loss of one output is a
/// `StatisticalLearning.Loss` and goes through ``SingleOutputLoss``.
public protocol BoostingLoss: Sendable {
  /// Raw scores per row.
  var outputCount: Int { get }

  /// - Throws: ``TrainingError`` for the first target that the loss can't take, or when there is nothing to learn.
  func check(targets: [Double], weights: [Double]) throws(TrainingError)

  /// The constant raw scores that minimise the loss, one per output; also the place to estimate parameters of its own.
  mutating func baseScores(targets: [Double], weights: [Double], offsets: [Double]?) -> [Double]

  /// Writes the derivatives at the raw scores. Second derivatives are at least 0.
  func derivatives(
    rawScores: UnsafePointer<Double>, targets: UnsafePointer<Double>, rowCount: Int,
    gradients: UnsafeMutablePointer<Double>, hessians: UnsafeMutablePointer<Double>)

  /// The loss of one row, whose raw scores are `rawScores[k * stride]`.
  func value(rawScores: UnsafePointer<Double>, stride: Int, target: Double) -> Double

  /// Σ weight · loss over rows; those of weight 0 count nothing, whatever their scores.
  func totalValue(
    rawScores: UnsafePointer<Double>, targets: UnsafePointer<Double>, weights: UnsafePointer<Double>, rowCount: Int
  ) -> Double

  /// What the second derivative can't exceed, for losses of one output whose second derivative is bounded: 1/4 for the
  /// logistic, 1 for the squared loss. `nil` means that no linear part is blended in.
  var curvatureBound: Double? { get }

  /// Estimates parameters of its own again at the current raw scores; called after each round.
  mutating func update(
    rawScores: UnsafePointer<Double>, targets: UnsafePointer<Double>, weights: UnsafePointer<Double>, rowCount: Int)
}

extension BoostingLoss {
  public var curvatureBound: Double? { nil }

  public func totalValue(
    rawScores: UnsafePointer<Double>, targets: UnsafePointer<Double>, weights: UnsafePointer<Double>, rowCount: Int
  ) -> Double {
    var total = 0.0
    for row in 0..<rowCount where weights[row] > 0 {
      total += weights[row] * value(rawScores: rawScores + row, stride: rowCount, target: targets[row])
    }
    return total
  }

  public mutating func update(
    rawScores: UnsafePointer<Double>, targets: UnsafePointer<Double>, weights: UnsafePointer<Double>, rowCount: Int
  ) {}
}

/// Which targets a loss of one output takes.
public enum TargetRange: Sendable, Hashable {
  case anyFinite
  case zeroOrOne
  case nonNegative
}

/// A loss of one raw score, for boosting.
public struct SingleOutputLoss<Base: Loss>: BoostingLoss {
  public let base: Base
  public let targetRange: TargetRange

  public let curvatureBound: Double?

  public init(_ base: Base, targets: TargetRange = .anyFinite, curvatureBound: Double? = nil) {
    self.base = base
    targetRange = targets
    self.curvatureBound = curvatureBound
  }

  public var outputCount: Int { 1 }

  public func check(targets: [Double], weights: [Double]) throws(TrainingError) {
    guard weights.contains(where: { $0 > 0 }) else { throw .noRows }
    switch targetRange {
    case .anyFinite: return
    case .zeroOrOne:
      var seen = [false, false]
      for (row, target) in targets.enumerated() where weights[row] > 0 {
        guard target == 0 || target == 1 else { throw .invalidTarget(row: row, expected: "0 or 1") }
        seen[Int(target)] = true
      }
      guard seen == [true, true] else { throw .singleClass }
    case .nonNegative:
      if let row = targets.indices.first(where: { weights[$0] > 0 && targets[$0] < 0 }) {
        throw .invalidTarget(row: row, expected: "a number ≥ 0")
      }
    }
  }

  public func baseScores(targets: [Double], weights: [Double], offsets: [Double]?) -> [Double] {
    if Base.self == LogisticLoss.self, offsets == nil {
      var positive = 0.0
      var total = 0.0
      for row in targets.indices {
        positive += weights[row] * targets[row]
        total += weights[row]
      }
      // Without one of the classes the minimum is at infinity; Newton's method stops on its way there.
      if positive > 0, positive < total { return [log(positive / (total - positive))] }
    }
    // Newton's method with halving: the losses are convex in the raw score.
    func total(_ score: Double) -> Double {
      targets.indices.reduce(0.0) {
        $0 + weights[$1] * base.value(rawScore: score + (offsets?[$1] ?? 0), target: targets[$1])
      }
    }
    var score = 0.0
    var current = total(score)
    for _ in 0..<100 {
      var gradient = 0.0
      var hessian = 0.0
      for row in targets.indices {
        let d = base.derivatives(rawScore: score + (offsets?[row] ?? 0), target: targets[row])
        gradient += weights[row] * d.gradient
        hessian += weights[row] * d.hessian
      }
      guard hessian > 0, gradient != 0 else { break }
      var step = -gradient / hessian
      guard step.isFinite, abs(step) > 1e-12 * max(1, abs(score)) else { break }
      var next = total(score + step)
      var halvings = 0
      while !(next <= current), halvings < 60 {
        step /= 2
        next = total(score + step)
        halvings += 1
      }
      guard next <= current, score + step != score else { break }
      score += step
      current = next
    }
    return [score]
  }

  public func derivatives(
    rawScores: UnsafePointer<Double>, targets: UnsafePointer<Double>, rowCount: Int,
    gradients: UnsafeMutablePointer<Double>, hessians: UnsafeMutablePointer<Double>
  ) {
    if Base.self == LogisticLoss.self {
      return logisticDerivatives(
        rawScores: rawScores, targets: targets, rowCount: rowCount, gradients: gradients, hessians: hessians)
    }
    for row in 0..<rowCount {
      let d = base.derivatives(rawScore: rawScores[row], target: targets[row])
      gradients[row] = d.gradient
      hessians[row] = d.hessian
    }
  }

  public func value(rawScores: UnsafePointer<Double>, stride: Int, target: Double) -> Double {
    base.value(rawScore: rawScores.pointee, target: target)
  }

  public func totalValue(
    rawScores: UnsafePointer<Double>, targets: UnsafePointer<Double>, weights: UnsafePointer<Double>, rowCount: Int
  ) -> Double {
    if Base.self == LogisticLoss.self {
      return logisticTotal(rawScores: rawScores, targets: targets, weights: weights, rowCount: rowCount)
    }
    var total = 0.0
    for row in 0..<rowCount where weights[row] > 0 {
      total += weights[row] * base.value(rawScore: rawScores[row], target: targets[row])
    }
    return total
  }
}
