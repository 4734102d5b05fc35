import StatisticalLearning

/// What proves a point: the optimality conditions and the duality gap.
extension MultiIndexSolver {
  func largestViolation(_ strength: Double, isNull: Bool) -> Double {
    var worst = 0.0
    for k in parameters.indices where !isFrozen(k, isNull: isNull) && !isGrouped[k] {
      let (a, b, lower, upper) = terms(k)
      worst = max(
        worst,
        Optimality.violation(
          gradient: gradient[k], coefficient: parameters[k], absolute: strength * a, square: strength * b,
          lower: lower, upper: upper))
    }
    for group in groups where !isNull {
      let size = norm(parameters, group.coordinates)
      let (a, b) = (strength * group.absolute, strength * terms(group.coordinates[0]).square)
      let slopes = group.coordinates.map {
        gradient[$0] + b * parameters[$0] + (size > 0 ? a * parameters[$0] / size : 0)
      }
      worst = max(
        worst,
        GroupPenalty.violation(norm: size, gradientNorm: norm(slopes, Array(slopes.indices)), absolute: a))
    }
    return worst
  }

  /// The duality gap between the parameters and the gradients that the model foresees, made feasible by shrinking; `nil`
  /// outside the domain.
  func dualityGap(_ strength: Double, isNull: Bool) -> Double? {
    let correlation = correlated(dual)
    var shrinkage = 1.0
    for k in indexCount..<parameters.count where !isFrozen(k, isNull: isNull) && !isGrouped[k] {
      let (a, b, lower, upper) = terms(k)
      let bound = correlation[k] < 0 ? upper : lower
      if b == 0, a > 0, bound.isInfinite, abs(correlation[k]) > strength * a {
        shrinkage = min(shrinkage, strength * a / abs(correlation[k]))
      }
    }
    let groups = isNull ? [] : self.groups
    for group in groups where group.absolute > 0 && terms(group.coordinates[0]).square == 0 {
      let size = norm(correlation, group.coordinates)
      if size > strength * group.absolute { shrinkage = min(shrinkage, strength * group.absolute / size) }
    }
    guard
      var gap = family.divergence(gradient: gradients, hessian: hessians, dual: dual, scale: shrinkage)
    else { return nil }
    for group in groups {
      gap += GroupPenalty.divergence(
        norm: norm(parameters, group.coordinates), dualNorm: shrinkage * norm(correlation, group.coordinates),
        product: group.coordinates.reduce(0) { $0 - shrinkage * correlation[$1] * parameters[$1] },
        absolute: strength * group.absolute, square: strength * terms(group.coordinates[0]).square)
    }
    for k in indexCount..<parameters.count where !isFrozen(k, isNull: isNull) && !isGrouped[k] {
      let (a, b, lower, upper) = terms(k)
      gap += ElasticNetConjugate.divergence(
        coefficient: parameters[k], dual: -shrinkage * correlation[k], absolute: strength * a, square: strength * b,
        lower: lower, upper: upper)
    }
    return gap
  }
}
