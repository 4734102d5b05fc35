import Foundation

/// The element types that this package computes with, with their ONNX codes.
enum ElementType: Int32, Sendable {
  case float = 1
  case uint8 = 2
  case int16 = 5
  case int32 = 6
  case int64 = 7
  case string = 8
  case bool = 9
  case double = 11

  var isReal: Bool { self == .float || self == .double }
  var isInteger: Bool { [.uint8, .int16, .int32, .int64].contains(self) }
}

/// An array of elements of one type, in row-major order.
///
/// Single-precision elements are kept as `Double` and rounded after every operation: for +, −, ×, ÷ and √ that is
/// what single-precision arithmetic gives, because a double holds more than twice as many digits.
struct Tensor: Sendable, Equatable {
  enum Elements: Sendable, Equatable {
    case real([Double])
    case integer([Int64])
    case boolean([Bool])
    case text([String])

    var count: Int {
      switch self {
      case .real(let values): values.count
      case .integer(let values): values.count
      case .boolean(let values): values.count
      case .text(let values): values.count
      }
    }
  }

  let type: ElementType
  let shape: [Int]
  let elements: Elements

  private init(unchecked type: ElementType, _ shape: [Int], _ elements: Elements) {
    self.type = type
    self.shape = shape
    self.elements = elements
  }

  /// The elements must be as many as the shape says, and be stored as the type asks.
  init(_ type: ElementType, shape: [Int], _ elements: Elements) {
    precondition(elements.count == shape.reduce(1, *), "\(elements.count) elements in a tensor of shape \(shape)")
    self.init(unchecked: type, shape, elements)
  }

  init(shape: [Int], doubles: [Double]) { self.init(.double, shape: shape, .real(doubles)) }
  init(shape: [Int], floats: [Double]) {
    self.init(.float, shape: shape, .real(floats.map { Double(Float($0)) }))
  }
  init(shape: [Int], int64s: [Int64]) { self.init(.int64, shape: shape, .integer(int64s)) }
  init(shape: [Int], strings: [String]) { self.init(.string, shape: shape, .text(strings)) }

  /// Reals of the type `type`, rounded when that is single precision.
  init(reals values: [Double], type: ElementType, shape: [Int]) {
    self.init(type, shape: shape, .real(type == .float ? values.map { Double(Float($0)) } : values))
  }

  var count: Int { elements.count }
  var rank: Int { shape.count }

  func reshaped(_ shape: [Int]) -> Tensor { Tensor(type, shape: shape, elements) }

  /// The elements as numbers, where they are; strings are not.
  var numbers: [Double]? {
    switch elements {
    case .real(let values): values
    case .integer(let values): values.map(Double.init)
    case .boolean(let values): values.map { $0 ? 1 : 0 }
    case .text: nil
    }
  }

  var integers: [Int64]? {
    if case .integer(let values) = elements { return values }
    return nil
  }

  /// The elements at `indices`, in a new shape.
  func gathering(_ indices: [Int], shape: [Int]) -> Tensor {
    let gathered: Elements =
      switch elements {
      case .real(let values): .real(indices.map { values[$0] })
      case .integer(let values): .integer(indices.map { values[$0] })
      case .boolean(let values): .boolean(indices.map { values[$0] })
      case .text(let values): .text(indices.map { values[$0] })
      }
    return Tensor(type, shape: shape, gathered)
  }

  /// Parts one after the other: all of the same kind of storage.
  static func joining(_ parts: [Tensor], order: [(part: Int, range: Range<Int>)], shape: [Int]) -> Tensor? {
    func join<Value>(_ pick: (Elements) -> [Value]?) -> [Value]? {
      var sources: [[Value]] = []
      for part in parts {
        guard let values = pick(part.elements) else { return nil }
        sources.append(values)
      }
      var result: [Value] = []
      result.reserveCapacity(shape.reduce(1, *))
      for piece in order { result.append(contentsOf: sources[piece.part][piece.range]) }
      return result
    }
    guard let first = parts.first else { return nil }
    let elements: Elements? =
      switch first.elements {
      case .real: join { if case .real(let values) = $0 { values } else { nil } }.map(Elements.real)
      case .integer: join { if case .integer(let values) = $0 { values } else { nil } }.map(Elements.integer)
      case .boolean: join { if case .boolean(let values) = $0 { values } else { nil } }.map(Elements.boolean)
      case .text: join { if case .text(let values) = $0 { values } else { nil } }.map(Elements.text)
      }
    return elements.map { Tensor(first.type, shape: shape, $0) }
  }
}
