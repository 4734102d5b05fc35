import StatisticalLearning

/// What proves a point: the optimality conditions and the duality gap, and the rules that say which features can't
/// matter at a strength.
extension PathSolver {
  /// The largest violation of the optimality conditions, on the scale of the gradient.
  func largestViolation(_ strength: Double, isNull: Bool) -> Double {
    var worst = 0.0
    for gradient in state.nuisanceGradient { worst = max(worst, abs(gradient)) }
    for j in usable {
      // Most features are zero and stay so.
      if w[j] == 0, abs(gradient[j]) <= strength * absolute[j] { continue }
      if isNull && isPenalized(j) || isGrouped(j) { continue }
      worst = max(
        worst,
        Optimality.violation(
          gradient: gradient[j], coefficient: w[j], absolute: strength * absolute[j], square: strength * square[j],
          lower: lower[j], upper: upper[j]))
    }
    return isNull ? worst : max(worst, largestGroupViolation(strength))
  }

  /// λmax where the null model stands: the smallest strength that keeps every penalised feature at zero.
  func largestUsefulStrength() -> Double {
    var largest = 0.0
    let ratio = max(penalty.l1Ratio, 1e-3)
    for j in usable where isPenalized(j) && !isGrouped(j) {
      let pull = -gradient[j]
      if pull > 0 ? upper[j] == 0 : lower[j] == 0 { continue }
      let unit = penalty.l1Ratio > 0 ? absolute[j] / penalty.l1Ratio : square[j]
      if unit > 0 { largest = max(largest, abs(pull) / (ratio * unit)) }
    }
    if let groups = penalty.groups {
      for (members, a) in zip(groups.members, groups.absolute) where a > 0 {
        largest = max(largest, norm(gradient, members) * penalty.l1Ratio / (ratio * a))
      }
    }
    // A hair above, so that rounding lets nothing in at the first strength.
    return largest * (1 + 1e-10)
  }

  /// The features that are not zero or whose gradient reaches `reach` times their weight in the penalty: the sequential
  /// strong rule, with whole groups. Source: Tibshirani et al. (2012), J. R. Stat. Soc. B 74(2).
  func screened(reach: Double) -> [Int] {
    var isKept = [Bool](repeating: false, count: penalty.groups == nil ? 0 : p)
    if let groups = penalty.groups {
      for (members, a) in zip(groups.members, groups.absolute)
      where !(norm(gradient, members) < a * reach) || members.contains(where: { w[$0] != 0 }) {
        for j in members { isKept[j] = true }
      }
    }
    return usable.filter { j in
      isGrouped(j) ? isKept[j] : w[j] != 0 || !(abs(gradient[j]) < absolute[j] * reach)
    }
  }

  /// Without features that are zero and far from entering, so that a model made anew is no larger than it need be.
  func shrunkenWorkingSet(_ working: [Int], _ strength: Double) -> [Int] {
    working.filter { j in
      // Gradients of features outside the model are not kept current, so groups stay whole.
      isGrouped(j) || w[j] != 0 || !(abs(gradient[j]) < 0.9 * strength * absolute[j])
    }
  }

  /// The duality gap between the coefficients and the residuals that the model predicts, made feasible by shrinking,
  /// and the features outside the model that stood in the way.
  func certify(_ strength: Double, isNull: Bool) -> (gap: Double, violators: [Int]) {
    correlatePrediction(strength)
    let isStored = model.isStored
    var shrinkage = 1.0
    var violators: [Int] = []
    for j in usable {
      let limit = strength * absolute[j]
      guard abs(dualCorrelation[j]) > limit, !(isNull && isPenalized(j)), !isGrouped(j) else { continue }
      if !isStored[j] { violators.append(j) }
      let bound = dualCorrelation[j] < 0 ? upper[j] : lower[j]
      if limit > 0, square[j] == 0, bound.isInfinite {
        shrinkage = min(shrinkage, limit / abs(dualCorrelation[j]))
      }
    }
    if let groups = penalty.groups, !isNull {
      for (members, a) in zip(groups.members, groups.absolute) {
        let (size, limit) = (norm(dualCorrelation, members), strength * a)
        guard size > limit else { continue }
        if !isStored[members[0]] { violators += members }
        if limit > 0, square[members[0]] == 0 { shrinkage = min(shrinkage, limit / size) }
      }
    }
    guard var gap = family.divergence(state, from: predicted, scale: shrinkage) else { return (.infinity, violators) }
    for j in usable where !isGrouped(j) {
      let dual = -shrinkage * dualCorrelation[j]
      if w[j] == 0, abs(dual) <= strength * absolute[j] { continue }
      if isNull, isPenalized(j) { continue }
      gap += ElasticNetConjugate.divergence(
        coefficient: w[j], dual: dual, absolute: strength * absolute[j], square: strength * square[j], lower: lower[j],
        upper: upper[j])
    }
    return (isNull ? gap : gap + groupGap(strength, shrinkage), violators)
  }

  /// Makes the gradient current in all features, and fills `dualCorrelation`, `Xᵀ` times the residuals that the model
  /// predicts, wherever it may matter.
  ///
  /// In the features of the model that is its own gradient. Outside, the residuals that the model predicts are so near
  /// the true ones that few features need looking at again: by the Cauchy–Schwarz inequality correlations differ by at
  /// most `‖x̃ⱼ‖ √Σ δᵢ² / sᵢ`.
  private func correlatePrediction(_ strength: Double) {
    let others = outsideModel(usable)
    updateGradient(others)
    var distance = 0.0
    for i in 0..<n where design.weights[i] > 0 {
      let difference = predicted[i] - state.residual[i]
      distance += difference * difference / design.weights[i]
    }
    distance = distance.squareRoot() * (1 + 1e-9)
    design.correlate(
      only: others.filter { j in
        dualCorrelation[j] = 0
        return isGrouped(j) || !(abs(gradient[j]) + design.norms[j] * distance < strength * absolute[j])
      }, predicted, into: dualCorrelation)
    for (index, j) in model.features.enumerated() { dualCorrelation[j] = model.quadratic.gradient[index] }
  }
}

// MARK: Groups

extension PathSolver {
  @inline(__always)
  func isGrouped(_ j: Int) -> Bool {
    guard let groups = penalty.groups else { return false }
    return groups.index[j] >= 0
  }

  /// `Σ a_g ‖v_g‖` at strength 1.
  func groupNorms(_ v: UnsafePointer<Double>) -> Double {
    guard let groups = penalty.groups else { return 0 }
    return zip(groups.members, groups.absolute).reduce(0) { $0 + $1.1 * norm(v, $1.0) }
  }

  /// The groups of the model in its own coordinates.
  func coordinateGroups(_ strength: Double) -> [CoordinateGroup] {
    guard let groups = penalty.groups else { return [] }
    var coordinates = [[Int]](repeating: [], count: groups.members.count)
    for (index, j) in model.features.enumerated() where groups.index[j] >= 0 {
      coordinates[groups.index[j]].append(index)
    }
    return coordinates.indices.filter { !coordinates[$0].isEmpty }.map {
      CoordinateGroup(coordinates: coordinates[$0], absolute: strength * groups.absolute[$0])
    }
  }

  func largestGroupViolation(_ strength: Double) -> Double {
    guard let groups = penalty.groups else { return 0 }
    var worst = 0.0
    for (members, a) in zip(groups.members, groups.absolute) {
      let size = norm(w, members)
      var sum = 0.0
      for j in members {
        let slope = gradient[j] + strength * square[j] * w[j] + (size > 0 ? strength * a * w[j] / size : 0)
        sum += slope * slope
      }
      worst = max(
        worst, GroupPenalty.violation(norm: size, gradientNorm: sum.squareRoot(), absolute: strength * a))
    }
    return worst
  }

  fileprivate func groupGap(_ strength: Double, _ shrinkage: Double) -> Double {
    guard let groups = penalty.groups else { return 0 }
    var gap = 0.0
    for (members, a) in zip(groups.members, groups.absolute) {
      let product = members.reduce(0) { $0 - shrinkage * dualCorrelation[$1] * w[$1] }
      gap += GroupPenalty.divergence(
        norm: norm(w, members), dualNorm: shrinkage * norm(dualCorrelation, members), product: product,
        absolute: strength * a, square: strength * square[members[0]])
    }
    return gap
  }
}

extension PenalizedQuadratic {
  /// `Σ a_g ‖v_g‖` at the strength of `groups`.
  func groupNorms() -> Double {
    groups.reduce(0) { $0 + $1.absolute * norm(v, $1.coordinates) }
  }
}
