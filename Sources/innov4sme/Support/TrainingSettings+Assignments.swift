import CapabilityScoring

extension TrainingSettings {
  private static let names = [
    "shrinkage", "l1-ratio", "strengths", "inner-folds", "folds", "repeats", "calibration",
  ]

  /// Applies `NAME=VALUE`.
  mutating func apply(_ assignment: String) throws {
    let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else {
      throw CommandFailure(.usage, "--set \(assignment): expected NAME=VALUE, such as --set repeats=10")
    }
    let (name, value) = (parts[0], parts[1])
    func number<Number: LosslessStringConvertible>(_ what: String) throws -> Number {
      guard let number = Number(value) else {
        throw CommandFailure(.usage, "--set \(assignment): '\(value)' is not \(what)")
      }
      return number
    }
    switch name {
    case "shrinkage":
      guard let method = Shrinkage(rawValue: value) else {
        throw CommandFailure(.usage, "--set \(assignment): expected spike-and-slab or penalty")
      }
      shrinkage = method
    // Settings of the penalty ask for it.
    case "l1-ratio": (l1Ratio, shrinkage) = (try number("a number"), .penalty)
    case "strengths": (strengthCount, shrinkage) = (try number("a whole number"), .penalty)
    case "inner-folds": (innerFolds, shrinkage) = (try number("a whole number"), .penalty)
    case "folds": folds = try number("a whole number")
    case "repeats": repeats = try number("a whole number")
    case "calibration":
      guard let method = CalibrationMethod(rawValue: value) else {
        throw CommandFailure(.usage, "--set \(assignment): expected none, temperature, platt or auto")
      }
      calibration = method
    default:
      throw CommandFailure(
        .usage, "--set \(assignment): there is no setting '\(name)'; expected \(Self.names.joined(separator: ", "))")
    }
  }

  /// Ranges, checked once.
  func validate() throws {
    func check(_ isValid: Bool, _ name: String, _ value: Any, _ expected: String) throws {
      if !isValid { throw CommandFailure(.usage, "\(name) is \(value); expected \(expected)") }
    }
    try check(l1Ratio >= 0 && l1Ratio <= 1, "l1-ratio", l1Ratio, "a number from 0 to 1")
    try check((2...1_000).contains(strengthCount), "strengths", strengthCount, "2 to 1000")
    try check((2...100).contains(innerFolds), "inner-folds", innerFolds, "2 to 100")
    try check((2...100).contains(folds), "folds", folds, "2 to 100")
    try check((1...1_000).contains(repeats), "repeats", repeats, "1 to 1000")
    try check((0...10_000).contains(bootstrap), "--bootstrap", bootstrap, "0 to 10000")
    try check((0...1_024).contains(threadCount), "--threads", threadCount, "0 to 1024")
  }
}
