import CapabilityScoring

extension PriorityObjective {
  /// The names of `--objective`; a model's own outcomes are understood too.
  static let names = ["balanced", "both", "min", "innovation", "export", "weighted"]

  /// The objective that `--objective` and `--weights` ask for.
  ///
  /// - Parameter model: Its joined outcomes stand for innovation and export, and may be named by their ids.
  /// - Throws: ``CommandFailure`` of usage.
  init(name: String, weights: String?, model: ScoringModel) throws {
    let ids = model.joinedOutcomes
    if weights != nil, name != "weighted" {
      throw CommandFailure(.usage, "--weights belongs to --objective weighted; got --objective \(name)")
    }
    switch name {
    case "balanced": self = .balanced
    case "min": self = .smaller
    case "both": self = .both
    case ids[0]: self = .innovation
    case _ where ids.count > 1 && name == ids[1]: self = .export
    case "innovation": self = .innovation
    case "export":
      guard ids.count > 1 else {
        throw CommandFailure(.usage, "--objective export: this model has one outcome, '\(ids[0])'")
      }
      self = .export
    case "weighted":
      guard let weights else {
        throw CommandFailure(
          .usage, "--objective weighted needs --weights, such as --weights \(Self.example(ids, "2", "1"))")
      }
      let parsed = try NamedNumbers(weights, option: "--weights", names: ids, expected: "a weight, 0 or more") {
        $0 >= 0
      }
      let values = ids.map { parsed[$0] ?? 0 }
      guard values.contains(where: { $0 > 0 }) else {
        throw CommandFailure(.usage, "--weights \(weights): at least one weight must be above 0")
      }
      self = .weighted(innovation: values[0], export: values.count > 1 ? values[1] : 0)
    default:
      let known = Self.names + ids.filter { !Self.names.contains($0) }
      throw CommandFailure(.usage, "--objective '\(name)'; expected \(known.joined(separator: ", "))")
    }
  }

  private static func example(_ ids: [String], _ first: String, _ second: String) -> String {
    zip(ids, [first, second]).map { "\($0)=\($1)" }.joined(separator: ",")
  }

  /// The name that `--objective` takes.
  func name(in model: ScoringModel) -> String {
    let ids = model.joinedOutcomes
    return switch self {
    case .balanced: "balanced"
    case .smaller: "min"
    case .both: "both"
    case .innovation: ids[0]
    case .export: ids.count > 1 ? ids[1] : ids[0]
    case .weighted(let a, let b): "weighted " + Self.example(ids, String(a), String(b))
    }
  }
}

extension ScoringModel {
  /// The ids of the two outcomes that are joined; of the first alone where there are no two.
  var joinedOutcomes: [String] {
    guard let joint else { return [outcomes[0].id] }
    return [outcomes[joint.first].id, outcomes[joint.second].id]
  }
}

/// `NAME=NUMBER,NAME=NUMBER` from the command line.
struct NamedNumbers {
  private var values: [String: Double] = [:]

  subscript(name: String) -> Double? { values[name] }

  /// - Throws: ``CommandFailure`` of usage, with what was given and what is expected.
  init(
    _ text: String, option: String, names: [String], expected: String, isValid: (Double) -> Bool
  ) throws {
    let example = names.map { "\($0)=…" }.joined(separator: ",")
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2 else {
        throw CommandFailure(.usage, "\(option) \(text): '\(part)' is not NAME=NUMBER; expected \(example)")
      }
      let name = sides[0].trimmingSpaces
      guard names.contains(name) else {
        throw CommandFailure(
          .usage, "\(option) \(text): there is no outcome '\(name)' here; expected \(names.joined(separator: ", "))")
      }
      guard let number = Double(sides[1].trimmingSpaces), number.isFinite, isValid(number) else {
        throw CommandFailure(.usage, "\(option) \(text): '\(sides[1])' is not \(expected)")
      }
      guard values.updateValue(number, forKey: name) == nil else {
        throw CommandFailure(.usage, "\(option) \(text): '\(name)' is given twice")
      }
    }
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String {
    var rest = self
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}
