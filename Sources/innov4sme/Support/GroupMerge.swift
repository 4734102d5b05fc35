import SurveyData

/// A table that joins the levels of a column into groups: `level,group`.
struct GroupMerge {
  /// The group of each level.
  private(set) var groups: [String: String] = [:]
  /// The groups as they first stand in the table.
  private(set) var order: [String] = []

  init(_ path: String) throws {
    let table = try SurveyReader.read(path)
    guard let levels = table[column: "level"], let names = table[column: "group"] else {
      throw CommandFailure(.data, "\(path): expected a table with the columns level and group")
    }
    for row in 0..<table.rowCount {
      guard let level = levels.text(row: row), let group = names.text(row: row) else {
        throw CommandFailure(.data, "\(path), row \(row + 1): a level or group is empty; expected both")
      }
      if let known = groups[level], known != group {
        throw CommandFailure(.data, "\(path), row \(row + 1): '\(level)' is in the groups '\(known)' and '\(group)'")
      }
      groups[level] = group
      if !order.contains(group) { order.append(group) }
    }
  }
}
