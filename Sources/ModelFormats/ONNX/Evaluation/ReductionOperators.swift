import Foundation

/// A sum, mean, product or extreme along axes.
struct ReductionOperator: Operator {
  enum Kind: Sendable { case sum, mean, max, min, product, sumOfSquares, l1, l2, logSumExp }
  let kind: Kind
  /// Axes as an attribute; otherwise an input, or all.
  let axes: [Int]?
  let keepsDimensions: Bool
  let leavesAloneWithoutAxes: Bool

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let input = try inputs.tensor(0)
    guard let values = input.numbers, input.type != .bool else {
      throw OperatorFailure("elements that are not numbers")
    }
    var axes = self.axes ?? inputs.optional(1)?.integers?.map { Int($0) } ?? []
    if axes.isEmpty {
      if leavesAloneWithoutAxes { return [input] }
      axes = Array(input.shape.indices)
    }
    let reduced = Set(
      try axes.map { axis in
        guard axis >= -input.rank, axis < input.rank else { throw OperatorFailure("axis \(axis)") }
        return axis < 0 ? axis + input.rank : axis
      })
    let kept = input.shape.enumerated().map { reduced.contains($0.offset) ? 1 : $0.element }
    let count = kept.reduce(1, *)
    try budget.spend(elements: count, work: input.count * 3 + count)
    var result = [Double](repeating: start, count: count)
    var position = [Int](repeating: 0, count: input.rank)
    var strides = [Int](repeating: 0, count: input.rank)
    var stride = 1
    for axis in input.shape.indices.reversed() {
      if !reduced.contains(axis) { strides[axis] = stride }
      stride *= kept[axis]
    }
    var target = 0
    for value in values {
      result[target] = combine(result[target], value)
      var axis = input.rank - 1
      while axis >= 0 {
        position[axis] += 1
        target += strides[axis]
        if position[axis] < input.shape[axis] { break }
        target -= strides[axis] * input.shape[axis]
        position[axis] = 0
        axis -= 1
      }
    }
    let length = Double(count == 0 ? 0 : input.count / count)
    switch kind {
    case .mean: result = result.map { $0 / length }
    case .l2: result = result.map { $0.squareRoot() }
    case .logSumExp: result = result.map { log($0) }
    default: break
    }
    let shape =
      keepsDimensions ? kept : input.shape.enumerated().filter { !reduced.contains($0.offset) }.map(\.element)
    if input.type.isReal { return [Tensor(reals: result, type: input.type, shape: shape)] }
    return [Tensor(input.type, shape: shape, .integer(result.map { CastOperator.integer($0) }))]
  }

  private var start: Double {
    switch kind {
    case .max: -.infinity
    case .min: .infinity
    case .product: 1
    default: 0
    }
  }

  private func combine(_ a: Double, _ b: Double) -> Double {
    switch kind {
    case .sum, .mean: a + b
    case .max: a.isNaN || b.isNaN ? .nan : Swift.max(a, b)
    case .min: a.isNaN || b.isNaN ? .nan : Swift.min(a, b)
    case .product: a * b
    case .sumOfSquares, .l2: a + b * b
    case .l1: a + abs(b)
    case .logSumExp: a + exp(b)
    }
  }
}

/// The position of the largest or smallest element along an axis, the first of equals.
struct ArgumentOperator: Operator {
  let axis: Int
  let keepsDimensions: Bool
  let isLargest: Bool

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let (values, input) = try inputs.numbers(0)
    guard axis >= -input.rank, axis < input.rank else { throw OperatorFailure("axis \(axis)") }
    let axis = axis < 0 ? axis + input.rank : axis
    let length = input.shape[axis]
    guard length > 0 else { throw OperatorFailure("an axis of length 0") }
    let inner = input.shape[(axis + 1)...].reduce(1, *)
    let outer = input.shape[..<axis].reduce(1, *)
    try budget.spend(elements: outer * inner, work: input.count + outer * inner)
    var result: [Int64] = []
    result.reserveCapacity(outer * inner)
    for row in 0..<(inner > 0 ? outer : 0) {
      for column in 0..<inner {
        let start = row * length * inner + column
        var best = 0
        for index in 1..<length {
          let (a, b) = (values[start + index * inner], values[start + best * inner])
          if isLargest ? a > b : a < b { best = index }
        }
        result.append(Int64(best))
      }
    }
    var shape = input.shape
    if keepsDimensions { shape[axis] = 1 } else { shape.remove(at: axis) }
    return [Tensor(shape: shape, int64s: result)]
  }
}

/// Exponentials that sum to one along an axis; before version 13 all axes from it on count as one.
struct SoftmaxOperator: Operator {
  let axis: Int
  let joinsAxes: Bool
  let takesLogarithm: Bool

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let input = try inputs.tensor(0)
    guard case .real(var values) = input.elements, axis >= -input.rank, axis < input.rank else {
      throw OperatorFailure("elements that are not reals, or axis \(axis)")
    }
    let axis = axis < 0 ? axis + input.rank : axis
    let length = joinsAxes ? input.shape[axis...].reduce(1, *) : input.shape[axis]
    let inner = joinsAxes ? 1 : input.shape[(axis + 1)...].reduce(1, *)
    try budget.spend(elements: input.count, work: input.count * 6)
    if length > 0, inner > 0 {
      for row in 0..<input.count / (length * inner) {
        for column in 0..<inner {
          let indices = stride(
            from: row * length * inner + column, to: (row + 1) * length * inner, by: inner)
          let largest = indices.reduce(-Double.infinity) { Swift.max($0, values[$1]) }
          var sum = 0.0
          for index in indices { sum += exp(values[index] - largest) }
          for index in indices {
            values[index] =
              takesLogarithm ? values[index] - largest - log(sum) : exp(values[index] - largest) / sum
          }
        }
      }
    }
    return [Tensor(reals: values, type: input.type, shape: input.shape)]
  }
}

/// The product of matrices, one factor possibly a vector: `MatMul`; `Gemm` adds scales, transposes and a third input.
struct MatrixProductOperator: Operator {
  var alpha = 1.0
  var beta = 1.0
  var transposesFirst = false
  var transposesSecond = false

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let (a, b) = (try inputs.tensor(0), try inputs.tensor(1))
    guard case .real(var first) = a.elements, case .real(var second) = b.elements, a.type == b.type else {
      throw OperatorFailure("factors that are not reals of one type")
    }
    guard (1...2).contains(a.rank), (1...2).contains(b.rank) else {
      throw OperatorFailure("factors of \(a.rank) and \(b.rank) dimensions; at most two are supported")
    }
    var firstShape = a.rank == 1 ? [1, a.count] : a.shape
    var secondShape = b.rank == 1 ? [b.count, 1] : b.shape
    if transposesFirst { (first, firstShape) = try transposed(first, firstShape, &budget) }
    if transposesSecond { (second, secondShape) = try transposed(second, secondShape, &budget) }
    let (rows, inner, columns) = (firstShape[0], firstShape[1], secondShape[1])
    guard secondShape[0] == inner else { throw OperatorFailure("shapes \(a.shape) and \(b.shape) do not fit together") }
    let count = try EvaluationBudget.count(of: [rows, columns])
    let (work, overflow) = count.multipliedReportingOverflow(by: max(inner, 1))
    guard !overflow else { throw EvaluationBudget.Exceeded.work }
    try budget.spend(elements: count, work: work / 4 + count)
    var result = [Double](repeating: 0, count: count)
    result.withUnsafeMutableBufferPointer { result in
      second.withUnsafeBufferPointer { second in
        for row in 0..<(count > 0 ? rows : 0) {
          for k in 0..<inner {
            let value = alpha * first[row * inner + k]
            for column in 0..<columns {
              result[row &* columns &+ column] += value * second[k &* columns &+ column]
            }
          }
        }
      }
    }
    if let addend = inputs.optional(2), beta != 0 {
      guard case .real(let values) = addend.elements else { throw OperatorFailure("an addend that is not of reals") }
      let broadcast = try Broadcast([[rows, columns], addend.shape])
      guard broadcast.shape == [rows, columns] else { throw OperatorFailure("an addend of shape \(addend.shape)") }
      result = Broadcast.map(result, values, broadcast) { $0 + beta * $1 }
    }
    var shape: [Int] = []
    if a.rank == 2 { shape.append(rows) }
    if b.rank == 2 { shape.append(columns) }
    return [Tensor(reals: result, type: a.type, shape: shape)]
  }

  private func transposed(
    _ values: [Double], _ shape: [Int], _ budget: inout EvaluationBudget
  ) throws -> ([Double], [Int]) {
    try budget.spend(elements: values.count)
    let (rows, columns) = (shape[0], shape[1])
    var result = [Double](repeating: 0, count: values.count)
    for row in 0..<(columns > 0 ? rows : 0) {
      for column in 0..<columns { result[column * rows + row] = values[row * columns + column] }
    }
    return (result, [columns, rows])
  }
}
