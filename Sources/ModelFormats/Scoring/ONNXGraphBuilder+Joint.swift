import Foundation

extension ONNXGraphBuilder {
  struct JointValues {
    let neither: Value
    let firstOnly: Value
    let secondOnly: Value
    let both: Value
  }

  /// The four states from two log-odds and log ψ, column by column, in forms without cancellation: the same as
  /// ``CapabilityScoring/CrossRatio``, whose documentation derives them.
  ///
  /// - Parameter logCrossRatios: One per column; a negative one is computed as its opposite with the second outcome
  ///   turned round.
  mutating func jointStates(first: Value, second: Value, logCrossRatios: [Double]) -> JointValues {
    let count = logCrossRatios.count
    let t = logCrossRatios.map { exp(-abs($0)) }
    let turned = constant(
      Tensor(.bool, shape: [1, count], .boolean(logCrossRatios.map { $0 < 0 })), "joint.is_negative")
    func row(_ values: [Double], _ name: String) -> Value { constant(values, shape: [1, count], name) }
    let tRow = row(t, "joint.t")
    let rest = row(t.map { 1 - $0 }, "joint.one_minus_t")
    let pI = sigmoid(first)
    let qI = sigmoid(negated(first))
    let logOdds = choose(turned, negated(second), second)
    let pE = sigmoid(logOdds)
    let qE = sigmoid(negated(logOdds))
    let one = constant(1, "one")
    let zero = constant(0, "joint.zero")
    let two = constant(2, "two")

    let isSmall = node("LessOrEqual", [add(pI, pE), one])
    let difference = choose(isSmall, subtract(pI, pE), subtract(qE, qI))
    let scaledDifference = multiply(rest, difference)
    let tSquared = row(t.map { $0 * $0 }, "joint.t_squared")
    let cross = row(t.map { 2 * $0 * (1 - $0) }, "joint.two_t_one_minus_t")
    let mixed = multiply(cross, add(multiply(pI, qE), multiply(pE, qI)))
    let root = node("Sqrt", [add(add(multiply(scaledDifference, scaledDifference), tSquared), mixed)])

    func ratio(_ numerator: Value, _ scale: Value) -> Value {
      let isPositive = node("Greater", [scale, zero])
      return choose(isPositive, divide(numerator, choose(isPositive, scale, one)), zero)
    }
    func concordant(_ a: Value, _ b: Value) -> Value {
      let scale = add(add(tRow, multiply(rest, add(a, b))), root)
      return node("Min", [ratio(multiply(two, multiply(a, b)), scale), node("Min", [a, b])])
    }
    let both = concordant(pI, pE)
    let neither = concordant(qI, qE)
    let magnitude = node("Abs", [difference])
    let isFirst = node("GreaterOrEqual", [difference, zero])
    let product = choose(isFirst, multiply(pE, qI), multiply(pI, qE))
    let smaller = ratio(
      multiply(row(t.map { 2 * $0 }, "joint.two_t"), product), add(add(tRow, multiply(rest, magnitude)), root))
    let larger = node("Min", [add(smaller, magnitude), one])
    let firstOnly = choose(isFirst, larger, smaller)
    let secondOnly = choose(isFirst, smaller, larger)
    return JointValues(
      neither: choose(turned, secondOnly, neither), firstOnly: choose(turned, both, firstOnly),
      secondOnly: choose(turned, neither, secondOnly), both: choose(turned, firstOnly, both))
  }
}
