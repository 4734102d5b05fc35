/// A value that the file holds.
struct ConstantOperator: Operator {
  let value: Tensor

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] { [value] }
}

/// Passes its input on: `Identity`, and `ZipMap`, whose maps are the columns of the same matrix.
struct IdentityOperator: Operator {
  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] { [try inputs.tensor(0)] }
}

/// The same elements in another shape.
struct ReshapingOperator: Operator {
  enum Kind: Sendable {
    /// The shape is an input or, before version 5, an attribute.
    case reshape([Int]?, allowsZero: Bool)
    case flatten(axis: Int)
    /// Axes as an attribute, before version 13; otherwise an input, or all of length 1.
    case squeeze([Int]?)
    case unsqueeze([Int]?)
  }
  let kind: Kind

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let input = try inputs.tensor(0)
    try budget.spend(elements: 0)
    func axes(_ attribute: [Int]?, rank: Int) throws -> [Int]? {
      let axes = try attribute ?? inputs.optional(1).map { try integers($0) }
      return try axes?.map { axis in
        guard axis >= -rank, axis < rank else { throw OperatorFailure("axis \(axis) of \(rank) dimensions") }
        return axis < 0 ? axis + rank : axis
      }
    }
    let shape: [Int]
    switch kind {
    case .reshape(let attribute, let allowsZero):
      shape = try target(try attribute ?? integers(try inputs.tensor(1)), of: input, allowsZero: allowsZero)
    case .flatten(let axis):
      guard axis >= -input.rank, axis <= input.rank else { throw OperatorFailure("axis \(axis)") }
      let split = axis < 0 ? axis + input.rank : axis
      shape = [input.shape[..<split].reduce(1, *), input.shape[split...].reduce(1, *)]
    case .squeeze(let attribute):
      let axes = try axes(attribute, rank: input.rank)
      let removed = axes.map(Set.init) ?? Set(input.shape.indices.filter { input.shape[$0] == 1 })
      guard removed.allSatisfy({ input.shape[$0] == 1 }) else { throw OperatorFailure("an axis longer than 1") }
      shape = input.shape.indices.filter { !removed.contains($0) }.map { input.shape[$0] }
    case .unsqueeze(let attribute):
      let given = try attribute ?? integers(try inputs.tensor(1))
      guard given.count <= 8 else { throw OperatorFailure("\(given.count) new axes") }
      let rank = input.rank + given.count
      let added = Set(try axes(given, rank: rank) ?? [])
      guard added.count == given.count, rank <= 8 else { throw OperatorFailure("the axes \(given)") }
      var next = 0
      shape = (0..<rank).map { index in
        if added.contains(index) { return 1 }
        defer { next += 1 }
        return input.shape[next]
      }
    }
    guard shape.count <= 8, try EvaluationBudget.count(of: shape) == input.count else {
      throw OperatorFailure("\(input.count) elements do not fill the shape \(shape)")
    }
    return [input.reshaped(shape)]
  }

  private func integers(_ tensor: Tensor) throws -> [Int] {
    guard let values = tensor.integers, values.count <= 8 else { throw OperatorFailure("axes that are not integers") }
    return values.map { Int($0) }
  }

  private func target(_ asked: [Int], of input: Tensor, allowsZero: Bool) throws -> [Int] {
    var shape = asked
    if !allowsZero {
      for index in shape.indices where shape[index] == 0 {
        guard index < input.rank else { throw OperatorFailure("the shape \(asked)") }
        shape[index] = input.shape[index]
      }
    }
    if let free = shape.firstIndex(of: -1) {
      var rest = shape
      rest.remove(at: free)
      let known = try EvaluationBudget.count(of: rest)
      guard known > 0 else { throw OperatorFailure("the shape \(asked)") }
      shape[free] = input.count / known
    }
    return shape
  }
}

/// Tensors one after the other along an axis.
struct ConcatOperator: Operator {
  let axis: Int

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let parts = try inputs.indices.map { try inputs.tensor($0) }
    guard let first = parts.first, axis >= -first.rank, axis < first.rank else { throw OperatorFailure("axis \(axis)") }
    let axis = axis < 0 ? axis + first.rank : axis
    var shape = first.shape
    shape[axis] = 0
    for part in parts {
      var other = part.shape
      guard part.type == first.type, other.count == shape.count else {
        throw OperatorFailure("parts of different types or ranks")
      }
      shape[axis] += other[axis]
      other[axis] = shape[axis]
      guard other == shape else { throw OperatorFailure("parts of shapes that do not fit together") }
    }
    let count = try EvaluationBudget.count(of: shape)
    let outer = shape[..<axis].reduce(1, *)
    let chunks = parts.map { $0.shape[axis...].reduce(1, *) }
    try budget.spend(elements: count, work: count + outer * parts.count)
    var order: [(part: Int, range: Range<Int>)] = []
    order.reserveCapacity(outer * parts.count)
    for row in 0..<outer {
      for (index, chunk) in chunks.enumerated() where chunk > 0 {
        order.append((index, row * chunk..<(row + 1) * chunk))
      }
    }
    guard let joined = Tensor.joining(parts, order: order, shape: shape) else {
      throw OperatorFailure("parts of different types")
    }
    return [joined]
  }
}

/// Elements picked along an axis: `Gather`, and `ArrayFeatureExtractor` with its own rule for shapes.
struct GatherOperator: Operator {
  let axis: Int
  /// The last axis, and a vector counts as one row.
  var extractsFeatures = false

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    var data = try inputs.tensor(0)
    guard let positions = try inputs.tensor(1).integers else {
      throw OperatorFailure("positions that are not integers")
    }
    if extractsFeatures, data.rank == 1 { data = data.reshaped([1, data.count]) }
    let asked = extractsFeatures ? -1 : axis
    guard asked >= -data.rank, asked < data.rank else { throw OperatorFailure("axis \(axis)") }
    let axis = asked < 0 ? asked + data.rank : asked
    let length = data.shape[axis]
    let indices = try positions.map { position in
      guard position >= -Int64(length), position < Int64(length) else {
        throw OperatorFailure("position \(position) of \(length)")
      }
      return Int(position < 0 ? position + Int64(length) : position)
    }
    let outer = data.shape[..<axis].reduce(1, *)
    let inner = data.shape[(axis + 1)...].reduce(1, *)
    let middle = extractsFeatures ? [indices.count] : try inputs.tensor(1).shape
    let shape = Array(data.shape[..<axis]) + middle + Array(data.shape[(axis + 1)...])
    guard shape.count <= 8 else { throw OperatorFailure("\(shape.count) dimensions") }
    let count = try EvaluationBudget.count(of: shape)
    try budget.spend(elements: count, work: count * 2)
    var sources: [Int] = []
    sources.reserveCapacity(count)
    if count > 0 {
      for row in 0..<outer {
        for index in indices {
          let start = (row * length + index) * inner
          sources.append(contentsOf: start..<start + inner)
        }
      }
    }
    return [data.gathering(sources, shape: shape)]
  }
}

/// A part of a tensor by starts, ends, axes and steps.
struct SliceOperator: Operator {
  /// Before version 10 they are attributes.
  let attributes: (starts: [Int], ends: [Int], axes: [Int]?)?

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let data = try inputs.tensor(0)
    func list(_ index: Int) throws -> [Int]? {
      guard let tensor = inputs.optional(index) else { return nil }
      guard let values = tensor.integers, values.count <= 8 else {
        throw OperatorFailure("bounds that are not integers")
      }
      return values.map { Int($0) }
    }
    let starts = try attributes?.starts ?? list(1) ?? []
    let ends = try attributes?.ends ?? list(2) ?? []
    let axes = try attributes?.axes ?? list(3) ?? Array(starts.indices)
    let steps = try list(4) ?? [Int](repeating: 1, count: starts.count)
    guard starts.count == ends.count, axes.count == starts.count, steps.count == starts.count else {
      throw OperatorFailure("bounds of different lengths")
    }
    guard data.count > 0 else { throw OperatorFailure("a part of an empty tensor") }
    var picked = data.shape.map { Array(0..<$0) }
    for (index, axis) in axes.enumerated() {
      guard axis >= -data.rank, axis < data.rank, steps[index] != 0, steps[index] != .min else {
        throw OperatorFailure("axis \(axis)")
      }
      let axis = axis < 0 ? axis + data.rank : axis
      let length = data.shape[axis]
      // A step beyond the end is as good as one to the end, and can't overflow.
      let step = max(-length - 1, min(length + 1, steps[index]))
      func clamp(_ position: Int, _ range: ClosedRange<Int>) -> Int {
        let shifted = position < 0 ? (position < -length ? -1 : position + length) : position
        return min(max(shifted, range.lowerBound), range.upperBound)
      }
      if length == 0 { continue }
      picked[axis] =
        step > 0
        ? Array(stride(from: clamp(starts[index], 0...length), to: clamp(ends[index], 0...length), by: step))
        : Array(
          stride(
            from: clamp(starts[index], -1...length - 1), to: clamp(ends[index], -1...length - 1), by: step))
    }
    let shape = picked.map(\.count)
    let count = try EvaluationBudget.count(of: shape)
    try budget.spend(elements: count, work: count * 2)
    var sources = [0]
    for (axis, positions) in picked.enumerated() {
      let length = data.shape[axis]
      var next: [Int] = []
      next.reserveCapacity(sources.count * positions.count)
      for source in sources { for position in positions { next.append(source * length + position) } }
      sources = next
    }
    return [data.gathering(sources, shape: shape)]
  }
}

/// Parts of a tensor along an axis, one output each.
struct SplitOperator: Operator {
  let axis: Int
  let sizes: [Int]?
  let outputCount: Int

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let data = try inputs.tensor(0)
    guard axis >= -data.rank, axis < data.rank, outputCount > 0 else { throw OperatorFailure("axis \(axis)") }
    let axis = axis < 0 ? axis + data.rank : axis
    let length = data.shape[axis]
    let chunk = (length + outputCount - 1) / outputCount
    let equal = (0..<outputCount).map { max(0, min(chunk, length - $0 * chunk)) }
    let sizes = sizes ?? inputs.optional(1)?.integers?.map { Int($0) } ?? equal
    guard sizes.count == outputCount, sizes.allSatisfy({ $0 >= 0 && $0 <= length }), sizes.reduce(0, +) == length else {
      throw OperatorFailure("parts of \(sizes) in \(length)")
    }
    var start = 0
    return try sizes.map { size in
      defer { start += size }
      let positions = Tensor(shape: [size], int64s: (start..<start + size).map(Int64.init))
      return try GatherOperator(axis: axis).evaluate([data, positions], &budget)[0]
    }
  }
}

/// The axes in another order.
struct TransposeOperator: Operator {
  let permutation: [Int]?

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let data = try inputs.tensor(0)
    let permutation = permutation ?? data.shape.indices.reversed()
    guard permutation.sorted() == Array(data.shape.indices) else { throw OperatorFailure("the order \(permutation)") }
    try budget.spend(elements: data.count, work: data.count * 2)
    var strides = [Int](repeating: 1, count: data.rank)
    for axis in strides.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * data.shape[axis + 1] }
    var sources = data.count == 0 ? [] : [0]
    if data.count > 0 {
      for axis in permutation {
        var next: [Int] = []
        next.reserveCapacity(sources.count * data.shape[axis])
        for source in sources {
          for position in 0..<data.shape[axis] { next.append(source + position * strides[axis]) }
        }
        sources = next
      }
    }
    return [data.gathering(sources, shape: permutation.map { data.shape[$0] })]
  }
}

struct ShapeOperator: Operator {
  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let shape = try inputs.tensor(0).shape
    return [Tensor(shape: [shape.count], int64s: shape.map(Int64.init))]
  }
}

/// A tensor of the shape that an input names: `Expand` repeats another, `ConstantOfShape` one value.
struct FillOperator: Operator {
  /// `nil` for `Expand`.
  let value: Tensor?

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    guard let asked = try inputs.tensor(value == nil ? 1 : 0).integers, asked.count <= 8,
      asked.allSatisfy({ $0 >= 0 })
    else { throw OperatorFailure("a shape that is not of integers ≥ 0") }
    let shape = asked.map { Int($0) }
    let source = try value ?? inputs.tensor(0)
    _ = try EvaluationBudget.count(of: shape)
    let broadcast = try Broadcast([source.shape, shape])
    try budget.spend(elements: broadcast.count, work: broadcast.count * 2)
    if value != nil {
      return [source.gathering([Int](repeating: 0, count: broadcast.count), shape: shape)]
    }
    var sources = [Int](repeating: 0, count: broadcast.count)
    broadcast.visit { target, first, _ in sources[target] = first }
    return [source.gathering(sources, shape: broadcast.shape)]
  }
}
