/// What the candidates of a benchmark have in common on one split, made when the first of them asks for it: encoded
/// training rows, a fit that two of them use.
///
/// One split's candidates are fitted one after the other, on one thread; a workspace belongs to one split and is gone
/// with it. Whatever is kept in it must be a function of the split alone, so that the results of a candidate do not
/// depend on which others it is compared with.
public final class SplitWorkspace {
  private var values: [String: Any] = [:]

  public init() {}

  /// The value kept under `key`, or a new one.
  ///
  /// - Precondition: A key stands for values of one type.
  public func value<Value>(_ key: String, make: () throws -> Value) rethrows -> Value {
    if let known = values[key] {
      guard let value = known as? Value else {
        preconditionFailure("'\(key)' is a \(type(of: known)), not a \(Value.self)")
      }
      return value
    }
    let value = try make()
    values[key] = value
    return value
  }
}
