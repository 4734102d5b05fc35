import SurveyData

/// Columns by which firms are grouped: a role (`country`), a variable of the codebook, or a column of the file.
struct GroupColumns {
  let table: SurveyTable
  let encoded: EncodedSurvey

  /// One label per firm; firms whose answer is missing share one of their own.
  func labels(_ name: String, option: String) throws -> [String] {
    if let group = Codebook.Role(rawValue: name).flatMap({ encoded.group($0) }) ?? encoded.group(name) {
      return group.codes.map { $0 < 0 ? Self.unknown : group.levels[$0].en }
    }
    guard let column = table[column: name] else {
      let known = encoded.groups.map { group in group.role.map { "\($0.rawValue) (\(group.id))" } ?? group.id }
      throw CommandFailure(
        .usage,
        "\(option) \(name): there is no such role or column; "
          + (known.isEmpty ? "name a column of the file" : "the codebook has \(known.joined(separator: ", "))"))
    }
    return (0..<table.rowCount).map { row in
      switch column.values {
      case .numbers(let numbers): numbers[row].isNaN ? Self.unknown : SurveyColumn.text(of: numbers[row])
      case .texts: column.text(row: row) ?? Self.unknown
      }
    }
  }

  /// Groups as numbers; a firm whose answer is missing is a group by itself.
  func numbers(_ name: String, option: String) throws -> [Int] {
    let labels = try labels(name, option: option)
    let order = Set(labels).subtracting([Self.unknown]).sorted()
    let number = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    return labels.enumerated().map { row, label in number[label] ?? order.count + row }
  }

  /// Named groups, in the order of the codebook, of the table that joins them, or of their names, and each firm's; −1
  /// where it is not known.
  ///
  /// - Parameter merged: Groups that levels are joined into, by level; `nil` keeps each level.
  func groups(_ name: String, option: String, merged: GroupMerge? = nil) throws -> (names: [String], codes: [Int]) {
    var labels = try labels(name, option: option)
    if let merged {
      let unmatched = Set(labels).subtracting([Self.unknown]).filter { merged.groups[$0] == nil }.sorted()
      guard unmatched.isEmpty else {
        throw CommandFailure(.data, "--merge: no group is given for \(unmatched.joined(separator: ", "))")
      }
      labels = labels.map { merged.groups[$0] ?? Self.unknown }
    }
    let present = Set(labels).subtracting([Self.unknown])
    guard present.count <= Self.largestGroupCount else {
      throw CommandFailure(
        .usage,
        "\(option) \(name): there are \(present.count) different values; expected at most \(Self.largestGroupCount) groups "
          + "(--merge FILE joins levels)")
    }
    let own = Codebook.Role(rawValue: name).flatMap { encoded.group($0) } ?? encoded.group(name)
    let order = (merged?.order ?? own?.levels.map(\.en)).map { $0.filter(present.contains) } ?? present.sorted()
    let number = Dictionary(order.enumerated().map { ($1, $0) }) { first, _ in first }
    return (order, labels.map { number[$0] ?? -1 })
  }

  /// A comparison of more groups than this is no comparison any more.
  private static let largestGroupCount = 60

  /// When each firm was observed: numbers as they are, texts (such as 2016-05) in their order.
  func times(_ name: String) throws -> [Double] {
    let labels = try labels(name, option: "--time")
    if let row = labels.firstIndex(of: Self.unknown) {
      throw CommandFailure(.data, "--time \(name): row \(row + 1) has no time")
    }
    let numbers = labels.map { Double($0) }
    if numbers.allSatisfy({ $0 != nil }) { return numbers.map { $0! } }
    let order = Set(labels).sorted()
    let place = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, Double($0)) })
    return labels.map { place[$0]! }
  }

  private static let unknown = "(not known)"
}
