import StatisticalLearning

/// The penalty in the coordinates of a ``StandardizedDesign``, at strength 1.
struct StandardizedPenalty {
  /// ρ fⱼ, the weight of `|w̃ⱼ|`.
  var absolute: [Double]
  /// (1 − ρ) fⱼ, the weight of `½ w̃ⱼ²`.
  var square: [Double]
  var lower: [Double]
  var upper: [Double]
  let l1Ratio: Double
  /// Whether a feature varies and is not fixed by its bounds.
  private(set) var isUsable: [Bool]
  /// Whether anything shrinks a feature, alone or in its group.
  private(set) var isPenalized: [Bool]
  /// Features of a group have an `absolute` of 0; that of the group is in here.
  let groups: PenaltyGroups?

  init(_ shape: PenaltyShape, design: StandardizedDesign, isStandardizing: Bool) {
    l1Ratio = shape.l1Ratio
    let p = design.columnCount
    absolute = [Double](repeating: 0, count: p)
    square = [Double](repeating: 0, count: p)
    lower = [Double](repeating: 0, count: p)
    upper = [Double](repeating: 0, count: p)
    for j in 0..<p where design.scales[j] > 0 {
      let scale = design.scales[j]
      let unit = isStandardizing ? 1 : 1 / scale
      absolute[j] = shape.l1Ratio * shape.factor(j) * unit
      square[j] = (1 - shape.l1Ratio) * shape.factor(j) * unit * unit
      lower[j] = shape.lower(j) * scale
      upper[j] = shape.upper(j) * scale
    }
    isUsable = (0..<p).map { [lower, upper] in design.scales[$0] > 0 && lower[$0] < upper[$0] }
    isPenalized = (0..<p).map { [absolute, square] in absolute[$0] > 0 || square[$0] > 0 }
    groups = PenaltyGroups(shape, isUsable: isUsable)
    if let groups { for members in groups.members { for j in members { absolute[j] = 0 } } }
  }
}

/// The part of a duality gap that belongs to one penalised coefficient within bounds.
enum ElasticNetConjugate {
  /// The Fenchel–Young gap of `Ω(v) = a |v| + ½ b v²` on `[lower, upper]` between the coefficient `w` and the dual value
  /// `c`: `Ω(w) + sup over v of (c v − Ω(v)) − c w`, not negative, 0 at the optimum.
  ///
  /// Where the supremum is infinite unless `|c| ≤ a`, the caller has made it so, up to rounding of `c`, which counts as
  /// a gap of `|c w|`.
  @inline(__always)
  static func divergence(
    coefficient w: Double, dual c: Double, absolute a: Double, square b: Double, lower: Double, upper: Double
  ) -> Double {
    let excess = c > a ? c - a : c < -a ? c + a : 0
    let bound = excess > 0 ? upper : lower
    if b > 0 {
      let v = excess > 0 ? min(excess / b, bound) : excess < 0 ? max(excess / b, bound) : 0
      // c v − Ω(v) − (c w − Ω(w)), arranged so that equal v and w cancel exactly.
      let difference = v - w
      return max(0, c * difference - a * (abs(v) - abs(w)) - b * difference * (v + w) / 2)
    }
    if excess == 0 { return max(0, a * abs(w) - c * w) }
    return bound.isInfinite ? abs(excess * w) : max(0, excess * bound + a * abs(w) - c * w)
  }
}
