import Foundation
import StatisticalLearning

/// Exact Shapley values of a probability whose log-odds are a sum: what each player moves it by, in probability.
///
/// With `v(S) = σ(b + Σ_{k∈S} d_k)`, `σ` the logistic function, `b` the log-odds of the reference and `d_k` what player
/// `k` adds to them, the values sum to `σ(b + Σ d_k) − σ(b)`. Subsets need not be enumerated: the Fourier transform
/// `σ(x) = ½ + ∫₀^∞ sin(ωx) / sinh(πω) dω` turns sums of log-odds into products, and Shapley's weights are an integral
/// over the chance `t` that a player is known:
///
/// ```
/// φ_j = ∫₀^∞ Im[ e^{iωb} (e^{iωd_j} − 1) ∫₀¹ Π_{k≠j} (1 − t + t e^{iωd_k}) dt ] / sinh(πω) dω
/// ```
///
/// The inner integrand is a polynomial in `t`, for which ⌈D/2⌉ Gauss–Legendre nodes are exact with `D` players that
/// move anything. The outer one is even and analytic in a strip, so the trapezoidal rule converges exponentially; step
/// and range are set for an error of 10⁻¹³ (Trefethen and Weideman 2014, *SIAM Review* 56(3)).
///
/// - Complexity: O(*D²* (30 + *X*)) for log-odds up to *X*, where subsets would need O(2^*D*).
public struct LogisticShapley: Sendable {
  private var rules: [GaussLegendreRule] = []

  public init() {}

  /// What each player moves the probability by.
  ///
  /// - Parameters:
  ///   - base: The log-odds when nothing is known, finite.
  ///   - changes: What each player adds to the log-odds, finite.
  public mutating func values(base: Double, changes: [Double]) -> [Double] {
    var values = [Double](repeating: 0, count: changes.count)
    let moving = changes.indices.filter { changes[$0] != 0 }
    guard let first = moving.first else { return values }
    precondition(base.isFinite && moving.allSatisfy { changes[$0].isFinite }, "log-odds that are not finite")
    guard moving.count > 1 else {
      values[first] = sigmoid(base + changes[first]) - sigmoid(base)
      return values
    }
    let nodeCount = (moving.count + 1) / 2
    while rules.count < nodeCount { rules.append(GaussLegendreRule(count: rules.count + 1)) }
    let rule = rules[nodeCount - 1]
    withUnsafeTemporaryAllocation(of: Complex4.self, capacity: 5 * moving.count + 1) { space in
      Kernel(base: base, changes: moving.map { changes[$0] }, rule: rule, space: space).run { player, value in
        values[moving[player]] = value
      }
    }
    return values
  }
}

/// Four complex numbers, one per frequency.
private struct Complex4 {
  var re: SIMD4<Double>
  var im: SIMD4<Double>

  @inline(__always) static func * (a: Complex4, b: Complex4) -> Complex4 {
    Complex4(re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re)
  }

  static let one = Complex4(re: SIMD4(repeating: 1), im: SIMD4(repeating: 0))

  /// `e^{inθ}` for `n` = 1, 2, 3, 4.
  static func powers(of angle: Double) -> Complex4 {
    var result = one
    for n in 0..<4 {
      result.re[n] = cos(Double(n + 1) * angle)
      result.im[n] = sin(Double(n + 1) * angle)
    }
    return result
  }

  /// `e^{iθ}` in all places.
  static func rotation(by angle: Double) -> Complex4 {
    Complex4(re: SIMD4(repeating: cos(angle)), im: SIMD4(repeating: sin(angle)))
  }
}

private struct Kernel {
  let base: Double
  let changes: [Double]
  let rule: GaussLegendreRule
  let space: UnsafeMutableBufferPointer<Complex4>

  func run(_ store: (Int, Double) -> Void) {
    let count = changes.count
    let lowest = base + changes.reduce(0) { $0 + min($1, 0) }
    let highest = base + changes.reduce(0) { $0 + max($1, 0) }
    // The trapezoidal rule adds the function's images at distance 2π / step, which fall off as e^{−distance}.
    let step = 2 * Double.pi / (max(abs(lowest), abs(highest)) + 32)
    let blockCount = Int((10.5 / step / 4).rounded(.up))
    let current = UnsafeMutableBufferPointer(rebasing: space[0..<count])
    let turn = UnsafeMutableBufferPointer(rebasing: space[count..<2 * count])
    let factors = UnsafeMutableBufferPointer(rebasing: space[2 * count..<3 * count])
    let others = UnsafeMutableBufferPointer(rebasing: space[3 * count..<4 * count])
    // suffix[k] is the product of the factors from k on.
    let suffix = UnsafeMutableBufferPointer(rebasing: space[4 * count..<5 * count + 1])
    for k in 0..<count {
      current[k] = .powers(of: step * changes[k])
      turn[k] = .rotation(by: 4 * step * changes[k])
    }
    var phase = Complex4.powers(of: step * base)
    let phaseTurn = Complex4.rotation(by: 4 * step * base)
    var sums = [SIMD4<Double>](repeating: .zero, count: count)
    for block in 0..<blockCount {
      for k in 0..<count { others[k] = Complex4(re: .zero, im: .zero) }
      for (t, weight) in zip(rule.nodes, rule.weights) {
        suffix[count] = Complex4(re: SIMD4(repeating: weight), im: .zero)
        for k in stride(from: count - 1, through: 0, by: -1) {
          factors[k] = Complex4(re: (1 - t) + t * current[k].re, im: t * current[k].im)
          suffix[k] = suffix[k + 1] * factors[k]
        }
        var prefix = Complex4.one
        for k in 0..<count {
          let product = prefix * suffix[k + 1]
          others[k].re += product.re
          others[k].im += product.im
          prefix = prefix * factors[k]
        }
      }
      var kernel = SIMD4<Double>()
      for lane in 0..<4 { kernel[lane] = 1 / sinh(Double.pi * step * Double(4 * block + lane + 1)) }
      for k in 0..<count {
        let change = Complex4(re: current[k].re - 1, im: current[k].im)
        sums[k] += kernel * (phase * change * others[k]).im
        current[k] = current[k] * turn[k]
      }
      phase = phase * phaseTurn
    }
    // At frequency 0 the integrand is d / π, with half the weight.
    for k in 0..<count { store(k, step * (sums[k].sum() + 0.5 * changes[k] / Double.pi)) }
  }
}
