/// Shapes brought together by the rule of ONNX (and NumPy): aligned at the end, a dimension of 1 repeats.
struct Broadcast {
  let shape: [Int]
  let count: Int
  private let strides: [[Int]]
  private let counts: [Int]

  init(_ shapes: [[Int]]) throws {
    let rank = shapes.map(\.count).max() ?? 0
    var shape = [Int](repeating: 1, count: rank)
    for other in shapes {
      for (offset, dimension) in other.enumerated() {
        let index = rank - other.count + offset
        if dimension == 1 { continue }
        guard shape[index] == 1 || shape[index] == dimension else {
          throw OperatorFailure("shapes \(shapes) do not fit together")
        }
        shape[index] = dimension
      }
    }
    self.shape = shape
    count = try EvaluationBudget.count(of: shape)
    strides = shapes.map { other in
      var strides = [Int](repeating: 0, count: rank)
      var stride = 1
      for offset in other.indices.reversed() {
        if other[offset] != 1 { strides[rank - other.count + offset] = stride }
        stride *= other[offset]
      }
      return strides
    }
    counts = shapes.map { $0.reduce(1, *) }
  }

  /// Calls `body` with the target's index and the index into each source, in order.
  @inline(__always)
  func visit(_ body: (_ target: Int, _ first: Int, _ second: Int) -> Void) {
    if count == 0 { return }
    if counts[0] == count, counts[1] == count {
      for index in 0..<count { body(index, index, index) }
      return
    }
    // The innermost dimension runs in a plain loop; the others count like an odometer.
    let rank = shape.count
    let inner = shape.last ?? 1
    let (firstStep, secondStep) = (strides[0].last ?? 0, strides[1].last ?? 0)
    var position = [Int](repeating: 0, count: rank)
    var (first, second) = (0, 0)
    var target = 0
    while target < count {
      for offset in 0..<inner {
        body(target &+ offset, first &+ offset &* firstStep, second &+ offset &* secondStep)
      }
      target += inner
      var dimension = rank - 2
      while dimension >= 0 {
        position[dimension] += 1
        first += strides[0][dimension]
        second += strides[1][dimension]
        if position[dimension] < shape[dimension] { break }
        first -= strides[0][dimension] * shape[dimension]
        second -= strides[1][dimension] * shape[dimension]
        position[dimension] = 0
        dimension -= 1
      }
      if dimension < 0 { break }
    }
  }

  /// `combine` of every pair of elements.
  @inline(__always)
  static func map<A, B, C>(
    _ a: [A], _ b: [B], _ broadcast: Broadcast, _ combine: (A, B) -> C
  ) -> [C] {
    [C](unsafeUninitializedCapacity: broadcast.count) { target, count in
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          broadcast.visit { target.initializeElement(at: $0, to: combine(a[$1], b[$2])) }
        }
      }
      count = broadcast.count
    }
  }
}
