import Foundation

/// 1 above the threshold, 0 otherwise.
struct BinarizerOperator: Operator {
  let threshold: Double

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let (values, input) = try inputs.numbers(0)
    try budget.spend(elements: input.count)
    return [
      Tensor(
        reals: values.map { $0 > threshold ? 1 : 0 }, type: input.type.isReal ? input.type : .float, shape: input.shape)
    ]
  }
}

/// `(x − offset) · scale` by column.
struct ScalerOperator: Operator {
  let offsets: [Double]
  let scales: [Double]

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let (values, input) = try inputs.numbers(0)
    let width = input.shape.last ?? 1
    guard [offsets, scales].allSatisfy({ $0.count == 1 || $0.count == width }) else {
      throw OperatorFailure("\(offsets.count) offsets and \(scales.count) scales for \(width) columns")
    }
    try budget.spend(elements: input.count, work: input.count * 2)
    let scaled = values.indices.map { index in
      let column = index % max(width, 1)
      let shifted = values[index] - offsets[offsets.count == 1 ? 0 : column]
      return Double(Float(shifted)) * scales[scales.count == 1 ? 0 : column]
    }
    return [Tensor(reals: scaled, type: .float, shape: input.shape)]
  }
}

/// Replaces a value (or `NaN`) by one per column.
struct ImputerOperator: Operator {
  let replaced: Double
  let values: [Double]
  let isInteger: Bool

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let (numbers, input) = try inputs.numbers(0)
    let width = input.shape.last ?? 1
    guard values.count == 1 || values.count == width else {
      throw OperatorFailure("\(values.count) values for \(width) columns")
    }
    try budget.spend(elements: input.count, work: input.count * 2)
    let filled = numbers.indices.map { index in
      let x = numbers[index]
      guard x == replaced || (x.isNaN && replaced.isNaN) else { return x }
      return values[values.count == 1 ? 0 : index % max(width, 1)]
    }
    if isInteger { return [Tensor(.int64, shape: input.shape, .integer(filled.map(CastOperator.integer)))] }
    return [Tensor(reals: filled, type: input.type.isReal ? input.type : .float, shape: input.shape)]
  }
}

/// One column of 0 and 1 per category, along a new last axis.
struct OneHotEncoderOperator: Operator {
  let integers: [Int64: Int]
  let strings: [String: Int]
  let count: Int
  let allowsUnknown: Bool

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let input = try inputs.tensor(0)
    let (elements, overflow) = input.count.multipliedReportingOverflow(by: count)
    guard !overflow else { throw EvaluationBudget.Exceeded.elements }
    guard input.rank < 8 else { throw OperatorFailure("\(input.rank) dimensions") }
    try budget.spend(elements: elements, work: elements + input.count * 4)
    let positions: [Int?]
    switch input.elements {
    case .text(let values): positions = values.map { strings[$0] }
    default: positions = (input.numbers ?? []).map { $0.isNaN ? nil : integers[CastOperator.integer($0)] }
    }
    var result = [Double](repeating: 0, count: elements)
    for (row, position) in positions.enumerated() {
      if let position {
        result[row * count + position] = 1
      } else if !allowsUnknown {
        throw OperatorFailure("a category that is not known")
      }
    }
    return [Tensor(reals: result, type: .float, shape: input.shape + [count])]
  }
}

/// Keys to values, by a table.
struct LabelEncoderOperator: Operator {
  enum Key: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    /// The bits of a double: NaN is a key like any other.
    case real(UInt64)

    init(_ value: Double) { self = .real(value.isNaN ? Double.nan.bitPattern : (value == 0 ? 0 : value).bitPattern) }
  }

  let table: [Key: Int]
  /// The values of the table, then the default.
  let values: Tensor

  init(_ node: OperatorNode) throws {
    func list(_ name: String, _ tensorName: String) throws -> Tensor? {
      if let tensor = try node.tensor(tensorName) { return tensor.reshaped([tensor.count]) }
      for suffix in ["_strings", "_int64s", "_floats"] where node.has(name + suffix) {
        switch suffix {
        case "_strings":
          return Tensor(shape: [try node.strings(name + suffix).count], strings: try node.strings(name + suffix))
        case "_int64s":
          let values = node.integers(name + suffix)
          return Tensor(shape: [values.count], int64s: values.map { Int64($0) })
        default:
          let values = node.floats(name + suffix)
          return Tensor(shape: [values.count], floats: values)
        }
      }
      return nil
    }
    if let classes = node.has("classes_strings") ? try node.strings("classes_strings") : nil {
      // Version 1: the position of a text, or the text at a position; which one, the input says.
      table = Dictionary(classes.enumerated().map { (.text($1), $0) }, uniquingKeysWith: { first, _ in first })
      values = Tensor(
        shape: [classes.count + 1],
        int64s: classes.indices.map { Int64($0) } + [Int64(try node.integer("default_int64", default: -1))])
      return
    }
    guard let keys = try list("keys", "keys_tensor"), let values = try list("values", "values_tensor"),
      keys.count == values.count
    else { throw node.failure("keys and values are missing, or differ in number") }
    let standard: Tensor
    if let tensor = try node.tensor("default_tensor"), tensor.count == 1 {
      standard = tensor.reshaped([1])
    } else {
      switch values.type {
      case .string: standard = Tensor(shape: [1], strings: [try node.string("default_string", default: "_Unused")])
      case .int64: standard = Tensor(shape: [1], int64s: [Int64(try node.integer("default_int64", default: -1))])
      case .float: standard = Tensor(shape: [1], floats: [try node.float("default_float", default: -0.0)])
      case .double: standard = Tensor(shape: [1], doubles: [-0.0])
      default: standard = Tensor(values.type, shape: [1], .integer([-1]))
      }
    }
    guard standard.type == values.type,
      let joined = Tensor.joining(
        [values, standard], order: [(0, 0..<values.count), (1, 0..<1)], shape: [values.count + 1])
    else { throw node.failure("a default of another type than the values") }
    self.values = joined
    table = Dictionary(
      Self.keys(keys).enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private static func keys(_ tensor: Tensor) -> [Key] {
    switch tensor.elements {
    case .text(let values): values.map(Key.text)
    case .integer(let values): values.map(Key.integer)
    case .real(let values): values.map { Key($0) }
    case .boolean(let values): values.map { .integer($0 ? 1 : 0) }
    }
  }

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let input = try inputs.tensor(0)
    try budget.spend(elements: input.count, work: input.count * 8)
    let standard = values.count - 1
    return [values.gathering(Self.keys(input).map { table[$0] ?? standard }, shape: input.shape)]
  }
}

/// Rows divided by their norm.
struct NormalizerOperator: Operator {
  enum Norm: String, Sendable {
    case max = "MAX"
    case l1 = "L1"
    case l2 = "L2"
  }
  let norm: Norm

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let (values, rowCount, width, _) = try inputs.rows(0)
    try budget.spend(elements: values.count, work: values.count * 3 + rowCount)
    var result = values
    for row in 0..<rowCount {
      let range = row * width..<(row + 1) * width
      let scale: Double
      switch norm {
      case .max: scale = values[range].max() ?? 0
      case .l1: scale = values[range].reduce(0) { $0 + abs($1) }
      case .l2: scale = values[range].reduce(0) { $0 + $1 * $1 }.squareRoot()
      }
      if scale != 0 { for index in range { result[index] /= scale } }
    }
    return [Tensor(reals: result, type: .float, shape: try inputs.tensor(0).shape)]
  }
}

/// Columns of several numeric tensors side by side.
struct FeatureVectorizerOperator: Operator {
  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let parts = try inputs.indices.map { index -> Tensor? in
      let (values, rowCount, width, _) = try inputs.rows(index)
      return Tensor(reals: values, type: .float, shape: [rowCount, width])
    }
    return try ConcatOperator(axis: 1).evaluate(parts, &budget)
  }
}
