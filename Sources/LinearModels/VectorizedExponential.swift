import Foundation

/// Four exponentials and logarithms at a time, for the passes over rows that every fit repeats.
///
/// Accurate to about one unit in the last place; plain multiplications and additions in a fixed order, so results do
/// not depend on the machine's vector width.
enum Vectorized {
  typealias Lanes = SIMD4<Double>

  /// `exp(−t)` for `t ≥ 0`; beyond 708 the value at 708 (3e-308), so that it is never a subnormal number or zero.
  @inline(__always)
  static func exponentialOfNegative(_ t: Lanes) -> Lanes {
    let x = -t.replacing(with: 708, where: t .> 708)
    // x = k log 2 + r: adding and subtracting 1.5 · 2⁵² rounds to an integer, whose bits are then the low bits.
    let magic = Lanes(repeating: 0x1.8p52)
    let shifted = x * 0x1.71547652b82fep+0 + magic
    let k = shifted - magic
    let r = (x - k * 0x1.62e42fee00000p-1) - k * 0x1.a39ef35793c76p-33
    // Taylor to r¹³ / 13!: the remainder is below 5e-18 for |r| ≤ log(2) / 2. Even and odd halves run in parallel.
    let r2 = r * r
    var even = Lanes(repeating: 1.0 / 479_001_600)
    even = even * r2 + 1.0 / 3_628_800
    even = even * r2 + 1.0 / 40_320
    even = even * r2 + 1.0 / 720
    even = even * r2 + 1.0 / 24
    even = even * r2 + 0.5
    var odd = Lanes(repeating: 1.0 / 6_227_020_800)
    odd = odd * r2 + 1.0 / 39_916_800
    odd = odd * r2 + 1.0 / 362_880
    odd = odd * r2 + 1.0 / 5_040
    odd = odd * r2 + 1.0 / 120
    odd = odd * r2 + 1.0 / 6
    let power = 1 + (r + (r2 * even + r2 * r * odd))
    let bits = unsafeBitCast(shifted, to: SIMD4<UInt64>.self) &<< 52
    return unsafeBitCast(unsafeBitCast(power, to: SIMD4<UInt64>.self) &+ bits, to: Lanes.self)
  }

  /// `log(1 + e)` for `0 ≤ e ≤ 1`.
  @inline(__always)
  static func logOnePlus(_ e: Lanes) -> Lanes {
    // 1 + e = 2ᵏ (1 + z) / (1 − z) with k = 1 above √2 and |z| ≤ 0.172: log = k log 2 + 2 atanh z.
    let isLarge = e .> 0.41421356237309503
    let numerator = e.replacing(with: e - 1, where: isLarge)
    let denominator = (e + 2).replacing(with: e + 3, where: isLarge)
    let z = numerator / denominator
    let z2 = z * z
    var sum = Lanes(repeating: 2.0 / 21)
    sum = sum * z2 + 2.0 / 19
    sum = sum * z2 + 2.0 / 17
    sum = sum * z2 + 2.0 / 15
    sum = sum * z2 + 2.0 / 13
    sum = sum * z2 + 2.0 / 11
    sum = sum * z2 + 2.0 / 9
    sum = sum * z2 + 2.0 / 7
    sum = sum * z2 + 2.0 / 5
    sum = sum * z2 + 2.0 / 3
    let log = z * 2 + z * z2 * sum
    return log + Lanes.zero.replacing(with: 0x1.62e42fefa39efp-1, where: isLarge)
  }
}
