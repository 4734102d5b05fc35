/// The derivatives of the logistic loss at many raw scores, four at a time.
///
/// With `e = exp(−|f|)` the smaller of σ(f) and σ(−f) is `e / (1 + e)` and the larger `1 / (1 + e)`, so neither loses
/// digits, and changing the sign of `f` swaps them exactly. No function of the platform is called: the bits are the same
/// everywhere.
func logisticDerivatives(
  rawScores: UnsafePointer<Double>, targets: UnsafePointer<Double>, rowCount: Int,
  gradients: UnsafeMutablePointer<Double>, hessians: UnsafeMutablePointer<Double>
) {
  typealias Lanes = SIMD4<Double>
  @inline(__always)
  func derivatives(_ score: Lanes, _ target: Lanes) -> (gradient: Lanes, hessian: Lanes) {
    let isPositive = score .> 0
    let size = score.replacing(with: -score, where: isPositive)
    let e = expOfNegative(size)
    let larger = 1 / (1 + e)
    let smaller = e * larger
    let probability = smaller.replacing(with: larger, where: isPositive)
    let complement = larger.replacing(with: smaller, where: isPositive)
    return ((1 - target) * probability - target * complement, larger * smaller)
  }
  var row = 0
  while row + 4 <= rowCount {
    let score = UnsafeRawPointer(rawScores + row).loadUnaligned(as: Lanes.self)
    let target = UnsafeRawPointer(targets + row).loadUnaligned(as: Lanes.self)
    let result = derivatives(score, target)
    UnsafeMutableRawPointer(gradients + row).storeBytes(of: result.gradient, as: Lanes.self)
    UnsafeMutableRawPointer(hessians + row).storeBytes(of: result.hessian, as: Lanes.self)
    row += 4
  }
  while row < rowCount {
    let result = derivatives(Lanes(repeating: rawScores[row]), Lanes(repeating: targets[row]))
    gradients[row] = result.gradient[0]
    hessians[row] = result.hessian[0]
    row += 1
  }
}

/// Σ weight · logistic loss at many raw scores, four at a time, always added in the same order.
///
/// The loss is `log(1 + e) + max(0, ∓f)` with `e = exp(−|f|)`, and `log(1 + e) = 2 artanh(e / (2 + e))` by its series, whose
/// terms fall by a factor of nine or more.
func logisticTotal(
  rawScores: UnsafePointer<Double>, targets: UnsafePointer<Double>, weights: UnsafePointer<Double>, rowCount: Int
) -> Double {
  typealias Lanes = SIMD4<Double>
  @inline(__always)
  func value(_ score: Lanes, _ target: Lanes) -> Lanes {
    let isPositive = score .> 0
    let size = score.replacing(with: -score, where: isPositive)
    let e = expOfNegative(size)
    let z = e / (2 + e)
    let square = z * z
    var series = Lanes(repeating: 1 / 31)
    series = series * square + 1 / 29
    series = series * square + 1 / 27
    series = series * square + 1 / 25
    series = series * square + 1 / 23
    series = series * square + 1 / 21
    series = series * square + 1 / 19
    series = series * square + 1 / 17
    series = series * square + 1 / 15
    series = series * square + 1 / 13
    series = series * square + 1 / 11
    series = series * square + 1 / 9
    series = series * square + 1 / 7
    series = series * square + 1 / 5
    series = series * square + 1 / 3
    series = series * square + 1
    // |f| where the score is on the wrong side: the share 1 − target of it when it is positive, else target.
    let wrong = target.replacing(with: 1 - target, where: isPositive)
    return 2 * z * series - size * wrong
  }
  var sums = Lanes()
  var row = 0
  while row + 4 <= rowCount {
    let score = UnsafeRawPointer(rawScores + row).loadUnaligned(as: Lanes.self)
    let target = UnsafeRawPointer(targets + row).loadUnaligned(as: Lanes.self)
    let weight = UnsafeRawPointer(weights + row).loadUnaligned(as: Lanes.self)
    sums += weight * value(score, target)
    row += 4
  }
  var total = (sums[0] + sums[1]) + (sums[2] + sums[3])
  while row < rowCount {
    total += weights[row] * value(Lanes(repeating: rawScores[row]), Lanes(repeating: targets[row]))[0]
    row += 1
  }
  return total
}

/// `exp(x)` of numbers ≤ 0, to about one unit in the last place: `2ᵏ exp(r)` with `|r| ≤ log(2) / 2`, and the Taylor
/// polynomial of degree 13 for `exp(r)`. Below −708 it is exp(−708).
@inline(__always)
func expOfNegative(_ x: SIMD4<Double>) -> SIMD4<Double> {
  let bounded = x.replacing(with: -708, where: x .< -708)
  // Adding 1.5 · 2⁵² rounds to a whole number and leaves it in the low bits.
  let shift = SIMD4<Double>(repeating: 0x1.8p52)
  let shifted = bounded * 1.4426950408889634 + shift
  let k = shifted - shift
  let r = (bounded - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33
  var p = SIMD4<Double>(repeating: 1 / 6_227_020_800)
  p = p * r + 1 / 479_001_600
  p = p * r + 1 / 39_916_800
  p = p * r + 1 / 3_628_800
  p = p * r + 1 / 362_880
  p = p * r + 1 / 40_320
  p = p * r + 1 / 5040
  p = p * r + 1 / 720
  p = p * r + 1 / 120
  p = p * r + 1 / 24
  p = p * r + 1 / 6
  p = p * r + 0.5
  p = p * r * r + r + 1
  let bits = unsafeBitCast(shifted, to: SIMD4<Int64>.self)
  let power = (bits &+ 1023) &<< 52
  return p * unsafeBitCast(power, to: SIMD4<Double>.self)
}
