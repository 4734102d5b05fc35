import Foundation

/// Lower bounds on the effort of completing a partial plan; see ``PlanSearch``.
struct EffortBounds {
  private let innovationNeeded: Double
  private let exportNeeded: Double
  private let lambda: [Double]
  private let mu: [Double]
  /// `tails[depth * count + k]`: the relaxed cost of the capabilities from `depth` on, for multiplier pair *k*.
  private let tails: [Double]
  private let directions: [(innovation: Double, export: Double)]
  /// `reach[depth * directions + k]`: the most that they can add in direction *k*.
  private let reach: [Double]
  /// The unit that all efforts are multiples of; `nil` when there is none.
  private let unit: Double?

  /// - Parameter order: The capabilities in the order of branching.
  init(_ problem: PlanProblem, order: [Int], multipliers: [(Double, Double)]) {
    innovationNeeded = problem.innovationNeeded
    exportNeeded = problem.exportNeeded
    let directions = Self.angles.map { (innovation: cos($0), export: sin($0)) }
    let count = multipliers.count
    var tails = [Double](repeating: 0, count: (order.count + 1) * count)
    var reach = [Double](repeating: 0, count: (order.count + 1) * directions.count)
    for depth in stride(from: order.count - 1, through: 0, by: -1) {
      let options = problem.options[order[depth]]
      for k in 0..<count {
        let best = options.reduce(0.0) {
          min($0, $1.effort - multipliers[k].0 * $1.innovation - multipliers[k].1 * $1.export)
        }
        tails[depth * count + k] = tails[(depth + 1) * count + k] + best
      }
      for (k, direction) in directions.enumerated() {
        let best = options.reduce(0.0) { max($0, direction.innovation * $1.innovation + direction.export * $1.export) }
        reach[depth * directions.count + k] = reach[(depth + 1) * directions.count + k] + best
      }
    }
    lambda = multipliers.map(\.0)
    mu = multipliers.map(\.1)
    self.directions = directions
    self.tails = tails
    self.reach = reach
    unit = Self.commonUnit(problem.options.joined().map(\.effort))
  }

  /// At most the effort of every completion; infinite when there is none.
  func leastEffort(_ depth: Int, _ effort: Double, _ innovation: Double, _ export: Double) -> Double {
    let openInnovation = max(0, innovationNeeded - innovation - PlanProblem.tolerance)
    let openExport = max(0, exportNeeded - export - PlanProblem.tolerance)
    // A reached goal may be undone by what follows, so its surplus counts in the relaxations.
    let surplusInnovation = innovationNeeded - innovation - PlanProblem.tolerance
    let surplusExport = exportNeeded - export - PlanProblem.tolerance
    if openInnovation == 0, openExport == 0 { return effort }
    for (k, direction) in directions.enumerated() {
      if reach[depth * directions.count + k]
        < direction.innovation * surplusInnovation + direction.export * surplusExport
      {
        return .infinity
      }
    }
    var extra = 0.0
    tails.withUnsafeBufferPointer { tails in
      lambda.withUnsafeBufferPointer { lambda in
        mu.withUnsafeBufferPointer { mu in
          let base = depth &* lambda.count
          for k in 0..<lambda.count {
            extra = max(extra, lambda[k] * surplusInnovation + mu[k] * surplusExport + tails[base &+ k])
          }
        }
      }
    }
    let bound = effort + extra
    guard let unit else { return bound - 1e-12 * max(1, bound) }
    return max(effort, ((bound / unit) - 1e-7).rounded(.up) * unit)
  }

  private static let angles = stride(from: 0.0, through: 8, by: 1).map { $0 * .pi / 16 }

  /// Multiplier pairs: first the best for the whole problem, then those that are best in several directions when a
  /// half, a quarter … of the needs is left.
  static func fan(_ problem: PlanProblem) -> [(Double, Double)] {
    let innovation = max(problem.innovationNeeded, 0)
    let export = max(problem.exportNeeded, 0)
    guard innovation.isFinite, export.isFinite, innovation > 0 || export > 0 else { return [] }
    var best = (pair: (0.0, 0.0), value: -Double.infinity)
    var pairs: [(Double, Double)] = []
    for share in [1, 0.6, 0.3, 0.1] {
      for angle in angles {
        let (pair, value) = bestScale(problem, angle, share * innovation, share * export)
        if value > 0, !pairs.contains(where: { $0 == pair }) { pairs.append(pair) }
        if share == 1, value > best.value { best = (pair, value) }
      }
    }
    // Refine the angle around the best.
    var center = atan2(best.pair.1, best.pair.0)
    var width = Double.pi / 16
    for _ in 0..<12 {
      for angle in [center - width / 2, center + width / 2] where angle >= 0 && angle <= .pi / 2 {
        let (pair, value) = bestScale(problem, angle, innovation, export)
        if value > best.value {
          best = (pair, value)
          center = angle
        }
      }
      width /= 2
    }
    return [best.pair] + pairs
  }

  /// The best multiple of a direction: a concave, piecewise linear function of one variable, highest at a breakpoint.
  private static func bestScale(
    _ problem: PlanProblem, _ angle: Double, _ innovation: Double, _ export: Double
  ) -> (pair: (Double, Double), value: Double) {
    let (x, y) = (cos(angle), sin(angle))
    func relaxed(_ scale: Double) -> Double {
      problem.options.reduce(scale * (x * innovation + y * export)) { sum, options in
        sum + options.reduce(0.0) { min($0, $1.effort - scale * (x * $1.innovation + y * $1.export)) }
      }
    }
    // Past the least gain per effort nothing changes any more.
    var high = 0.0
    for option in problem.options.joined() {
      let gain = x * option.innovation + y * option.export
      if gain > 1e-9 { high = max(high, option.effort / gain) }
    }
    var low = 0.0
    for _ in 0..<60 where high - low > 1e-9 * high {
      let third = (high - low) / 3
      if relaxed(low + third) < relaxed(high - third) { low += third } else { high -= third }
    }
    let scale = 0.5 * (low + high)
    return ((scale * x, scale * y), relaxed(scale))
  }

  /// The largest unit of which all efforts are whole multiples below a million; `nil` when efforts are not so simple.
  static func commonUnit(_ efforts: [Double]) -> Double? {
    guard let smallest = efforts.min() else { return nil }
    for divisor in 1...12 {
      let unit = smallest / Double(divisor)
      let whole = efforts.allSatisfy { effort in
        let ratio = effort / unit
        return ratio < 1e6 && abs(ratio - ratio.rounded()) < 1e-9 * ratio
      }
      if whole { return unit }
    }
    return nil
  }
}
