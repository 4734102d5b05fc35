import Foundation
import StatisticalLearning

/// One real in, one real out: `Exp`, `Sigmoid`, …; `Neg`, `Abs` and `Sign` of integers too.
struct UnaryOperator: Operator {
  let transform: @Sendable (Double) -> Double
  let integerTransform: (@Sendable (Int64) -> Int64)?

  init(_ transform: @escaping @Sendable (Double) -> Double, integer: (@Sendable (Int64) -> Int64)? = nil) {
    self.transform = transform
    integerTransform = integer
  }

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let input = try inputs.tensor(0)
    try budget.spend(elements: input.count, work: input.count * 4)
    switch input.elements {
    case .real(let values):
      return [Tensor(reals: values.map(transform), type: input.type, shape: input.shape)]
    case .integer(let values):
      guard let integerTransform else { throw OperatorFailure("integers where reals are expected") }
      return [Tensor(input.type, shape: input.shape, .integer(values.map(integerTransform)))]
    default: throw OperatorFailure("elements that are not numbers")
    }
  }
}

/// Two numbers of the same type in, one out, with broadcasting; more inputs are combined from left to right.
struct ArithmeticOperator: Operator {
  let real: @Sendable (Double, Double) -> Double
  /// Wraps around like the machine's integers; `nil` where a quotient by 0 is asked for.
  let integer: @Sendable (Int64, Int64) -> Int64?
  /// Divides the result by the number of inputs: `Mean`.
  var averages = false

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    var result = try inputs.tensor(0)
    for index in 1..<max(inputs.count, 1) {
      let other = try inputs.tensor(index)
      guard other.type == result.type else { throw OperatorFailure("inputs of different types") }
      let broadcast = try Broadcast([result.shape, other.shape])
      try budget.spend(elements: broadcast.count, work: broadcast.count * 2)
      switch (result.elements, other.elements) {
      case (.real(let a), .real(let b)):
        result = Tensor(reals: Broadcast.map(a, b, broadcast, real), type: result.type, shape: broadcast.shape)
      case (.integer(let a), .integer(let b)):
        let values = Broadcast.map(a, b, broadcast, integer)
        guard values.allSatisfy({ $0 != nil }) else { throw OperatorFailure("an integer divided by zero") }
        result = Tensor(result.type, shape: broadcast.shape, .integer(values.map { $0! }))
      default: throw OperatorFailure("elements that are not numbers")
      }
    }
    if averages {
      guard case .real(let values) = result.elements else { throw OperatorFailure("a mean of integers") }
      result = Tensor(reals: values.map { $0 / Double(inputs.count) }, type: result.type, shape: result.shape)
    }
    return [result]
  }
}

/// Two elements of the same type in, a truth value out.
struct ComparisonOperator: Operator {
  enum Kind: Sendable { case equal, less, lessOrEqual, greater, greaterOrEqual }
  let kind: Kind

  private func compare<Value: Comparable>(_ a: [Value], _ b: [Value], _ broadcast: Broadcast) -> [Bool] {
    switch kind {
    case .equal: Broadcast.map(a, b, broadcast, ==)
    case .less: Broadcast.map(a, b, broadcast, <)
    case .lessOrEqual: Broadcast.map(a, b, broadcast, <=)
    case .greater: Broadcast.map(a, b, broadcast, >)
    case .greaterOrEqual: Broadcast.map(a, b, broadcast, >=)
    }
  }

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let (a, b) = (try inputs.tensor(0), try inputs.tensor(1))
    let broadcast = try Broadcast([a.shape, b.shape])
    try budget.spend(elements: broadcast.count, work: broadcast.count * 2)
    let values: [Bool] =
      switch (a.elements, b.elements) {
      case (.real(let a), .real(let b)): compare(a, b, broadcast)
      case (.integer(let a), .integer(let b)): compare(a, b, broadcast)
      case (.text(let a), .text(let b)) where kind == .equal: compare(a, b, broadcast)
      case (.boolean(let a), .boolean(let b)) where kind == .equal: Broadcast.map(a, b, broadcast, ==)
      default: throw OperatorFailure("types that can't be compared")
      }
    return [Tensor(.bool, shape: broadcast.shape, .boolean(values))]
  }
}

struct LogicalOperator: Operator {
  let combine: @Sendable (Bool, Bool) -> Bool

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let (a, b) = (try inputs.tensor(0), try inputs.tensor(1))
    guard case .boolean(let first) = a.elements, case .boolean(let second) = b.elements else {
      throw OperatorFailure("elements that are not truth values")
    }
    let broadcast = try Broadcast([a.shape, b.shape])
    try budget.spend(elements: broadcast.count, work: broadcast.count * 2)
    return [
      Tensor(.bool, shape: broadcast.shape, .boolean(Broadcast.map(first, second, broadcast, combine)))
    ]
  }
}

struct NotOperator: Operator {
  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let input = try inputs.tensor(0)
    guard case .boolean(let values) = input.elements else {
      throw OperatorFailure("elements that are not truth values")
    }
    try budget.spend(elements: input.count)
    return [Tensor(.bool, shape: input.shape, .boolean(values.map { !$0 }))]
  }
}

/// `IsNaN`, `IsInf`.
struct ClassificationOperator: Operator {
  let test: @Sendable (Double) -> Bool

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let input = try inputs.tensor(0)
    guard case .real(let values) = input.elements else { throw OperatorFailure("elements that are not reals") }
    try budget.spend(elements: input.count)
    return [Tensor(.bool, shape: input.shape, .boolean(values.map(test)))]
  }
}

/// The first element where the condition holds, the second where it does not.
struct WhereOperator: Operator {
  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let (condition, a, b) = (try inputs.tensor(0), try inputs.tensor(1), try inputs.tensor(2))
    guard case .boolean(let chooses) = condition.elements else {
      throw OperatorFailure("a condition that is not of truth values")
    }
    guard a.type == b.type else { throw OperatorFailure("choices of different types") }
    let shape = try Broadcast([condition.shape, a.shape, b.shape])
    try budget.spend(elements: shape.count, work: shape.count * 6)
    func indices(_ other: [Int]) throws -> [Int] {
      let source = Array(0..<(try EvaluationBudget.count(of: other)))
      let broadcast = try Broadcast([other, shape.shape])
      var result = [Int](repeating: 0, count: shape.count)
      broadcast.visit { target, first, _ in result[target] = source[first] }
      return result
    }
    let (which, first, second) = (try indices(condition.shape), try indices(a.shape), try indices(b.shape))
    func choose<Value>(_ a: [Value], _ b: [Value]) -> [Value] {
      (0..<shape.count).map { chooses[which[$0]] ? a[first[$0]] : b[second[$0]] }
    }
    let elements: Tensor.Elements
    switch (a.elements, b.elements) {
    case (.real(let a), .real(let b)): elements = .real(choose(a, b))
    case (.integer(let a), .integer(let b)): elements = .integer(choose(a, b))
    case (.boolean(let a), .boolean(let b)): elements = .boolean(choose(a, b))
    case (.text(let a), .text(let b)): elements = .text(choose(a, b))
    default: throw OperatorFailure("choices of different types")
    }
    return [Tensor(a.type, shape: shape.shape, elements)]
  }
}

/// Limits to a range given by attributes (before version 11) or by inputs.
struct ClipOperator: Operator {
  let lower: Double
  let upper: Double

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let input = try inputs.tensor(0)
    guard case .real(let values) = input.elements else { throw OperatorFailure("elements that are not reals") }
    try budget.spend(elements: input.count, work: input.count * 2)
    func bound(_ index: Int, _ value: Double) throws -> Double {
      guard let tensor = inputs.optional(index) else { return value }
      guard case .real(let values) = tensor.elements, values.count == 1 else {
        throw OperatorFailure("a bound that is not one real")
      }
      return values[0]
    }
    let (lower, upper) = (try bound(1, lower), try bound(2, upper))
    let clipped = values.map { $0.isNaN ? $0 : Swift.min(upper, Swift.max(lower, $0)) }
    return [Tensor(reals: clipped, type: input.type, shape: input.shape)]
  }
}

/// Changes the element type.
struct CastOperator: Operator {
  let type: ElementType

  /// The nearest integer towards zero; the largest or smallest where there is none, 0 for NaN.
  static func integer(_ value: Double) -> Int64 {
    if value.isNaN { return 0 }
    if value >= 0x1p63 { return .max }
    return value < -0x1p63 ? .min : Int64(value)
  }

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let input = try inputs.tensor(0)
    if input.type == type { return [input] }
    try budget.spend(elements: input.count, work: input.count * 2)
    let elements: Tensor.Elements
    switch (input.elements, type) {
    case (.text(let values), .string): elements = .text(values)
    case (.text(let values), _):
      let numbers = values.map { Double($0) }
      guard numbers.allSatisfy({ $0 != nil }) else { throw OperatorFailure("text that is not a number") }
      return try CastOperator(type: type).evaluate(
        [Tensor(shape: input.shape, doubles: numbers.map { $0! })], &budget)
    case (.real(let values), .float): elements = .real(values.map { Double(Float($0)) })
    case (.real(let values), .double): elements = .real(values)
    case (.real(let values), .bool): elements = .boolean(values.map { $0 != 0 })
    case (.real(let values), .int64): elements = .integer(values.map(Self.integer))
    case (.real(let values), .int32):
      elements = .integer(values.map { Int64(Int32(truncatingIfNeeded: Self.integer($0))) })
    case (.real(let values), .int16):
      elements = .integer(values.map { Int64(Int16(truncatingIfNeeded: Self.integer($0))) })
    case (.real(let values), .uint8):
      elements = .integer(values.map { Int64(UInt8(truncatingIfNeeded: Self.integer($0))) })
    case (.real(let values), .string):
      elements = .text(values.map { $0 == $0.rounded() && abs($0) < 1e15 ? String(Int64($0)) : String($0) })
    case (.integer(let values), .float): elements = .real(values.map { Double(Float($0)) })
    case (.integer(let values), .double): elements = .real(values.map(Double.init))
    case (.integer(let values), .bool): elements = .boolean(values.map { $0 != 0 })
    case (.integer(let values), .int32): elements = .integer(values.map { Int64(Int32(truncatingIfNeeded: $0)) })
    case (.integer(let values), .int16): elements = .integer(values.map { Int64(Int16(truncatingIfNeeded: $0)) })
    case (.integer(let values), .uint8): elements = .integer(values.map { Int64(UInt8(truncatingIfNeeded: $0)) })
    case (.integer(let values), .int64): elements = .integer(values)
    case (.integer(let values), .string): elements = .text(values.map { String($0) })
    case (.boolean(let values), .float), (.boolean(let values), .double):
      elements = .real(values.map { $0 ? 1 : 0 })
    case (.boolean(let values), .int64), (.boolean(let values), .int32), (.boolean(let values), .uint8),
      (.boolean(let values), .int16):
      elements = .integer(values.map { $0 ? 1 : 0 })
    case (.boolean(let values), .bool): elements = .boolean(values)
    case (.boolean(let values), .string): elements = .text(values.map { $0 ? "1" : "0" })
    }
    return [Tensor(type, shape: input.shape, elements)]
  }
}
