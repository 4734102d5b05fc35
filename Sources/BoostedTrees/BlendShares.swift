import StatisticalLearning

/// How much the linear part and the trees count in a blended raw score.
///
/// ```
/// score = base + linear · (linear part − base) + trees · (trees − base)
/// ```
///
/// where base is the constant score. Shares are at least 0 and need not add up to 1: each part was shrunken on its own,
/// and where both say the same the best score may be more than their mean.
struct BlendShares: Sendable, Equatable {
  var linear: Double
  var trees: Double

  /// What a fit without left-out rows uses.
  static let halves = BlendShares(linear: 0.5, trees: 0.5)

  /// The shares that minimise the loss of left-out rows, drawn towards a half each:
  ///
  /// ```
  /// Σ weight · loss(score) + φ k/2 · ((linear − ½)² + (trees − ½)²)
  /// ```
  ///
  /// with `k` = `priorStrength`, because few rows can't tell the parts apart. φ = Σ g² / Σ h over the rows at one half each, the
  /// dispersion of the loss, makes the pull the same whatever the unit of the target; it is about 1 for a likelihood.
  ///
  /// - Parameter start: Shares of nearly the same rows, which are near the minimum.
  init<L: BoostingLoss>(
    fitting rows: [LeftOutRows], loss: L, priorStrength: Double = 4, from start: BlendShares? = nil
  ) {
    let halves = Evaluation(rows, loss, .halves)
    let strength = priorStrength * halves.dispersion
    self = start ?? .halves
    var best = start.map { Evaluation(rows, loss, $0) } ?? halves
    func objective(_ evaluation: Evaluation, _ shares: BlendShares) -> Double {
      let (a, b) = (shares.linear - 0.5, shares.trees - 0.5)
      return evaluation.loss + strength / 2 * (a * a + b * b)
    }
    for _ in 0..<30 {
      var model = best.quadratic
      model.gradient += strength * SIMD2(linear - 0.5, trees - 0.5)
      model.diagonal += SIMD2(repeating: strength)
      var step = model.stepWithinQuadrant(from: SIMD2(linear, trees))
      var next = best
      var shares = self
      for _ in 0..<30 {
        shares = BlendShares(linear: max(0, linear + step.x), trees: max(0, trees + step.y))
        next = Evaluation(rows, loss, shares)
        if objective(next, shares) <= objective(best, self) { break }
        step /= 2
      }
      guard objective(next, shares) <= objective(best, self) else { return }
      let moved = abs(shares.linear - linear) + abs(shares.trees - trees)
      self = shares
      best = next
      if moved < 1e-6 { return }
    }
  }

  init(linear: Double, trees: Double) {
    self.linear = linear
    self.trees = trees
  }

  func score(base: Double, linear: Double, trees: Double) -> Double {
    base + self.linear * (linear - base) + self.trees * (trees - base)
  }
}

/// The rows that one bag left out, with what each part of its model says of them.
struct LeftOutRows: Sendable {
  var units: [Int] = []
  var weights: [Double] = []
  var targets: [Double] = []
  /// The constant score, the offset included.
  var base: [Double] = []
  var linear: [Double] = []
  var trees: [Double] = []
}

/// The loss of left-out rows at some shares, with its derivatives in them.
private struct Evaluation {
  var loss = 0.0
  var dispersion = 1.0
  var quadratic = ShareQuadratic()

  init<L: BoostingLoss>(_ parts: [LeftOutRows], _ loss: L, _ shares: BlendShares) {
    var squares = 0.0
    var curvature = 0.0
    for rows in parts where !rows.units.isEmpty {
      let count = rows.units.count
      let scores = (0..<count).map {
        shares.score(base: rows.base[$0], linear: rows.linear[$0], trees: rows.trees[$0])
      }
      var gradients = [Double](repeating: 0, count: count)
      var hessians = gradients
      loss.derivatives(
        rawScores: scores, targets: rows.targets, rowCount: count, gradients: &gradients, hessians: &hessians)
      scores.withUnsafeBufferPointer { scores in
        for row in 0..<count {
          let weight = rows.weights[row]
          let direction = SIMD2(rows.linear[row] - rows.base[row], rows.trees[row] - rows.base[row])
          self.loss +=
            weight * loss.value(rawScores: scores.baseAddress! + row, stride: count, target: rows.targets[row])
          quadratic.gradient += weight * gradients[row] * direction
          quadratic.diagonal += weight * hessians[row] * direction * direction
          quadratic.beside += weight * hessians[row] * direction.x * direction.y
          squares += weight * gradients[row] * gradients[row]
          curvature += weight * hessians[row]
        }
      }
    }
    if curvature > 0, squares > 0, (squares / curvature).isFinite { dispersion = squares / curvature }
  }
}

/// A quadratic in two shares.
private struct ShareQuadratic {
  var gradient = SIMD2<Double>()
  var diagonal = SIMD2<Double>()
  var beside = 0.0

  /// The step to the minimum with both shares at least 0: inside, else the better of the two edges.
  func stepWithinQuadrant(from start: SIMD2<Double>) -> SIMD2<Double> {
    func value(_ step: SIMD2<Double>) -> Double {
      (gradient * step).sum() + 0.5 * (diagonal * step * step).sum() + beside * step.x * step.y
    }
    let determinant = diagonal.x * diagonal.y - beside * beside
    if determinant > 1e-12 * diagonal.x * diagonal.y {
      let step =
        SIMD2(
          beside * gradient.y - diagonal.y * gradient.x, beside * gradient.x - diagonal.x * gradient.y) / determinant
      if start.x + step.x >= 0, start.y + step.y >= 0 { return step }
    }
    var withoutLinear = SIMD2(-start.x, 0)
    if diagonal.y > 0 { withoutLinear.y = max(-start.y, -(gradient.y + beside * withoutLinear.x) / diagonal.y) }
    var withoutTrees = SIMD2(0, -start.y)
    if diagonal.x > 0 { withoutTrees.x = max(-start.x, -(gradient.x + beside * withoutTrees.y) / diagonal.x) }
    return value(withoutLinear) <= value(withoutTrees) ? withoutLinear : withoutTrees
  }
}
