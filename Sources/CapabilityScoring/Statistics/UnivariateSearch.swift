/// Searches of functions of one variable that need no derivative.
enum UnivariateSearch {
  /// The highest value of `function` on a closed interval: the best of an even grid, then golden sections around it.
  static func maximum(
    on low: Double, _ high: Double, gridCount: Int, tolerance: Double, _ function: (Double) -> Double
  ) -> (argument: Double, value: Double) {
    let step = (high - low) / Double(gridCount - 1)
    var best = (argument: low, value: -Double.infinity)
    for k in 0..<gridCount {
      let x = low + Double(k) * step
      let value = function(x)
      if value > best.value { best = (x, value) }
    }
    let golden = 0.6180339887498949
    var a = max(low, best.argument - step)
    var b = min(high, best.argument + step)
    var c = b - golden * (b - a)
    var d = a + golden * (b - a)
    var (atC, atD) = (function(c), function(d))
    while b - a > tolerance {
      if atC >= atD {
        (b, d, atD) = (d, c, atC)
        c = b - golden * (b - a)
        atC = function(c)
      } else {
        (a, c, atC) = (c, d, atD)
        d = a + golden * (b - a)
        atD = function(d)
      }
    }
    for (x, value) in [(c, atC), (d, atD)] where value > best.value { best = (x, value) }
    return best
  }

  /// Where `holds` stops to be true on the way from `inside`, where it is, to `outside`, where it is not.
  static func crossing(from inside: Double, to outside: Double, _ holds: (Double) -> Bool) -> Double {
    var inside = inside
    var outside = outside
    for _ in 0..<60 where abs(outside - inside) > 1e-10 * max(1, abs(inside)) {
      let middle = 0.5 * (inside + outside)
      if holds(middle) { inside = middle } else { outside = middle }
    }
    return 0.5 * (inside + outside)
  }
}
