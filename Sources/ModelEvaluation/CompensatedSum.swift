/// A sum whose rounding error does not grow with the number of terms (Neumaier 1974).
///
/// A million rows of a few distinct values add up to an error of 1e-12 without it.
struct CompensatedSum {
  private var sum = 0.0
  private var lost = 0.0

  @inline(__always)
  mutating func add(_ value: Double) {
    let next = sum + value
    // What the larger of the two could not hold of the smaller; NaN when infinite, and then not counted.
    lost += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
    sum = next
  }

  var value: Double { sum.isFinite ? sum + lost : sum }
}
