/// What a node computes.
protocol Operator: Sendable {
  /// One tensor per output. `inputs` has `nil` where an optional input is left out.
  ///
  /// - Throws: ``ModelFileError`` when the inputs do not fit, or the budget is spent.
  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor]
}

/// What one evaluation may still use. Both are bounded by the size of the file, so that a small file can't ask for
/// much memory or time; honest models stay far below.
struct EvaluationBudget {
  /// Element operations left.
  var work: Int
  /// Elements that one tensor may have.
  let tensorElements: Int

  /// To be called with the size of what is about to be allocated and the work to fill it.
  mutating func spend(elements: Int, work cost: Int? = nil) throws {
    guard elements <= tensorElements else { throw Exceeded.elements }
    let cost = cost ?? elements
    guard cost <= work else { throw Exceeded.work }
    work -= cost + 16
  }

  /// More elements than any tensor may have. Empty dimensions count as one, so that no product of some of the dimensions
  /// of a tensor, and no sum of sizes, can overflow.
  static let mostElements = 1 << 40

  /// The number of elements of a shape, when it is possible.
  static func count(of shape: [Int]) throws -> Int {
    var bound = 1
    for dimension in shape {
      let (product, overflow) = bound.multipliedReportingOverflow(by: max(dimension, 1))
      guard dimension >= 0, !overflow, product <= mostElements else { throw Exceeded.elements }
      bound = product
    }
    // Nothing at all may still be many empty rows, which cost time.
    guard shape.contains(0) else { return bound }
    guard bound <= 1 << 20 else { throw Exceeded.elements }
    return 0
  }

  enum Exceeded: Error { case elements, work }
}

/// Why an operator can't be computed; the program adds which.
struct OperatorFailure: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

extension [Tensor?] {
  func tensor(_ index: Int) throws -> Tensor {
    guard index < count, let tensor = self[index] else { throw OperatorFailure("input \(index + 1) is missing") }
    return tensor
  }

  func optional(_ index: Int) -> Tensor? { index < count ? self[index] : nil }

  /// The numbers of one input.
  func numbers(_ index: Int) throws -> (values: [Double], tensor: Tensor) {
    let tensor = try tensor(index)
    guard let numbers = tensor.numbers else { throw OperatorFailure("input \(index + 1) is text, not numbers") }
    return (numbers, tensor)
  }
}
