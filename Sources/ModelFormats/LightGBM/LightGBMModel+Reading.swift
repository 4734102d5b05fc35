import Foundation

extension LightGBMModel {
  /// Reads the text of a model.
  ///
  /// - Throws: ``ModelFileError`` with the tree and the line's name.
  public static func read(_ data: Data) throws -> LightGBMModel {
    guard let text = String(validating: data, as: UTF8.self) else {
      throw ModelFileError.malformed(.lightGBM, place: "file", reason: "not UTF-8 text")
    }
    var lines = LineReader(text)
    guard lines.next() == "tree" else { throw ModelFileError.unknownFormat }
    var header = LightGBMSection(name: "header")
    var trees: [Tree] = []
    var section: LightGBMSection?
    // What trees take in memory, against the size of the file.
    var budget = DocumentBudget(byteCount: data.count)
    func finish() throws {
      guard let section else { return }
      trees.append(try Tree(section, featureCount: try header.featureCount(byteCount: data.count), budget: &budget))
    }
    while let line = lines.next(), line != "end of trees" {
      guard let equals = line.utf8.firstIndex(of: UInt8(ascii: "=")) else {
        // Flags stand alone on a line.
        if section == nil { header.set(line, "") }
        continue
      }
      let (key, value) = (line[..<equals], line[line.utf8.index(after: equals)...])
      if key == "Tree" {
        try finish()
        section = LightGBMSection(name: "tree \(value.prefix(12))")
      } else if section == nil {
        header.set(key, value)
      } else {
        section?.set(key, value)
      }
    }
    try finish()
    let outputCount = try header.integer("num_tree_per_iteration", default: 1)
    guard outputCount >= 1, outputCount <= max(1, trees.count) else {
      throw header.failure("num_tree_per_iteration", "\(outputCount) for \(trees.count) trees")
    }
    guard trees.count % outputCount == 0 else {
      throw header.failure("num_tree_per_iteration", "\(trees.count) trees do not make whole iterations")
    }
    let featureCount = try header.featureCount(byteCount: data.count)
    var names = (header.values["feature_names"] ?? "").split(separator: " ").map(String.init)
    if names.count != featureCount || Set(names).count != featureCount {
      names = (0..<featureCount).map { "Column_\($0)" }
    }
    return try LightGBMModel(
      objective: String(header.values["objective"] ?? "custom"), featureNames: names, outputCount: outputCount,
      averages: header.values["average_output"] != nil, trees: trees)
  }
}

/// The lines of a text, one at a time, so that a file of line ends does not become a list of as many texts.
struct LineReader {
  private var rest: Substring

  init(_ text: String) { rest = text[...] }

  mutating func next() -> Substring? {
    guard !rest.isEmpty else { return nil }
    let end = rest.utf8.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
    var line = rest[..<end]
    rest = end == rest.endIndex ? rest[end...] : rest[rest.utf8.index(after: end)...]
    if line.utf8.last == UInt8(ascii: "\r") { line = line[..<line.utf8.index(before: line.endIndex)] }
    return line
  }
}

/// Lines `key=value` of the header or of one tree.
struct LightGBMSection {
  let name: String
  private(set) var values: [Substring: Substring] = [:]

  /// The keys that are read; others are not kept.
  private static let keys: Set<Substring> = [
    "num_class", "num_tree_per_iteration", "max_feature_idx", "objective", "feature_names", "average_output",
    "num_leaves", "num_cat", "split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child",
    "leaf_value", "leaf_count", "internal_value", "internal_count", "cat_boundaries", "cat_threshold", "is_linear",
  ]

  mutating func set(_ key: Substring, _ value: Substring) { if Self.keys.contains(key) { values[key] = value } }

  func failure(_ key: String, _ reason: String) -> ModelFileError {
    .malformed(.lightGBM, place: "\(name), \(key)", reason: reason)
  }

  func integer(_ key: Substring, default value: Int? = nil) throws -> Int {
    guard let text = values[key] else {
      if let value { return value }
      throw failure(String(key), "missing")
    }
    guard let number = Int(text) else { throw failure(String(key), "not a whole number") }
    return number
  }

  func featureCount(byteCount: Int) throws -> Int {
    let largest = try integer("max_feature_idx")
    // Every feature has a name and a range in the header.
    guard largest >= 0, largest < max(1 << 12, byteCount / 8) else {
      throw failure("max_feature_idx", "\(largest) in a file of \(byteCount) bytes")
    }
    return largest + 1
  }

  /// The numbers of a list, `count` of them.
  func list<Value>(_ key: Substring, count: Int, optional: Value? = nil, _ parse: (Substring) -> Value?) throws
    -> [Value]
  {
    guard let text = values[key] else {
      if let optional { return [Value](repeating: optional, count: count) }
      throw failure(String(key), "missing")
    }
    let bytes = text.utf8
    // Each number is a byte and a space at least.
    guard count <= bytes.count / 2 + 1 else { throw failure(String(key), "fewer numbers than the \(count) expected") }
    var result: [Value] = []
    result.reserveCapacity(count)
    var start = bytes.startIndex
    while let first = bytes[start...].firstIndex(where: { $0 != UInt8(ascii: " ") }) {
      let end = bytes[first...].firstIndex(of: UInt8(ascii: " ")) ?? bytes.endIndex
      let part = text[first..<end]
      guard let value = parse(part) else { throw failure(String(key), "'\(part.prefix(24))' is not a number") }
      guard result.count < count else { throw failure(String(key), "more numbers than the \(count) expected") }
      result.append(value)
      start = end
    }
    guard result.count == count else {
      throw failure(String(key), "\(result.count) numbers where \(count) are expected")
    }
    return result
  }
}

extension LightGBMModel.Tree {
  init(_ section: LightGBMSection, featureCount: Int, budget: inout DocumentBudget) throws {
    guard try section.integer("is_linear", default: 0) == 0 else {
      throw ModelFileError.unsupported(.lightGBM, feature: "linear trees (\(section.name))")
    }
    let leafCount = try section.integer("num_leaves")
    guard leafCount >= 1, leafCount < 1 << 24 else { throw section.failure("num_leaves", "\(leafCount)") }
    try budget.spend(leafCount * (MemoryLayout<LightGBMModel.Split>.stride + 16))
    func real(_ text: Substring) -> Double? { Double(text) }
    let leafValues = try section.list("leaf_value", count: leafCount, real)
    guard leafValues.allSatisfy({ $0.isFinite }) else { throw section.failure("leaf_value", "not finite") }
    guard leafCount > 1 else {
      self.init(splits: [], leafValues: leafValues, leafCounts: [0])
      return
    }
    let splitCount = leafCount - 1
    let features = try section.list("split_feature", count: splitCount) { Int($0) }
    let thresholds = try section.list("threshold", count: splitCount, real)
    let types = try section.list("decision_type", count: splitCount, optional: 0) { Int($0) }
    let left = try section.list("left_child", count: splitCount) { Int($0) }
    let right = try section.list("right_child", count: splitCount) { Int($0) }
    let gains = try section.list("split_gain", count: splitCount, optional: 0, real)
    let values = try section.list("internal_value", count: splitCount, optional: 0, real)
    let counts = try section.list("internal_count", count: splitCount, optional: 0, real)
    let leafCounts = try section.list("leaf_count", count: leafCount, optional: 0, real)
    let setCount = try section.integer("num_cat", default: 0)
    guard setCount >= 0, setCount <= splitCount else { throw section.failure("num_cat", "\(setCount)") }
    var bounds: [Int] = [0]
    var words: [UInt32] = []
    if setCount > 0 {
      bounds = try section.list("cat_boundaries", count: setCount + 1) { Int($0) }
      guard bounds[0] == 0, zip(bounds, bounds.dropFirst()).allSatisfy({ $0 <= $1 && $1 < 1 << 24 }) else {
        throw section.failure("cat_boundaries", "not in order")
      }
      words = try section.list("cat_threshold", count: bounds[setCount]) { UInt32($0) }
    }
    // Every split but the first, and every leaf, has one parent: then a walk ends.
    var (splitParents, leafParents) = ([Int](repeating: 0, count: splitCount), [Int](repeating: 0, count: leafCount))
    for child in left + right {
      guard child >= 0 ? child < splitCount : ~child < leafCount else {
        throw section.failure("left_child, right_child", "\(child)")
      }
      if child >= 0 { splitParents[child] += 1 } else { leafParents[~child] += 1 }
    }
    guard splitParents[0] == 0, splitParents.dropFirst().allSatisfy({ $0 == 1 }), leafParents.allSatisfy({ $0 == 1 })
    else { throw section.failure("left_child, right_child", "not a tree") }
    var splits: [LightGBMModel.Split] = []
    for index in 0..<splitCount {
      let isCategorical = types[index] & 1 == 1
      guard features[index] >= 0, features[index] < featureCount else {
        throw section.failure("split_feature", "\(features[index]) of \(featureCount)")
      }
      guard (0...15).contains(types[index]),
        let missing = LightGBMModel.Split.Missing(rawValue: UInt8(types[index] >> 2 & 3))
      else { throw section.failure("decision_type", "\(types[index])") }
      guard !thresholds[index].isNaN else { throw section.failure("threshold", "not a number") }
      var levels: [UInt32] = []
      if isCategorical {
        guard let set = Int(exactly: thresholds[index]), set >= 0, set < setCount else {
          throw section.failure("threshold", "set \(thresholds[index]) of \(setCount)")
        }
        levels = Array(words[bounds[set]..<bounds[set + 1]])
      }
      func finite(_ value: Double) -> Double { value.isFinite ? value : 0 }
      splits.append(
        LightGBMModel.Split(
          feature: features[index], threshold: thresholds[index], isCategorical: isCategorical,
          defaultsLeft: types[index] & 2 != 0, missing: missing, left: left[index], right: right[index],
          levels: levels, gain: finite(gains[index]), value: finite(values[index]), count: max(0, finite(counts[index]))
        ))
    }
    guard Self.reachesAll(splits) else { throw section.failure("left_child, right_child", "not a tree") }
    self.init(splits: splits, leafValues: leafValues, leafCounts: leafCounts.map { $0.isFinite ? max(0, $0) : 0 })
  }

  private static func reachesAll(_ splits: [LightGBMModel.Split]) -> Bool {
    var seen = 0
    var pending = [0]
    while let index = pending.popLast() {
      seen += 1
      for child in [splits[index].left, splits[index].right] where child >= 0 { pending.append(child) }
      if seen > splits.count { return false }
    }
    return seen == splits.count
  }
}
