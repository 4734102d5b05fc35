import SurveyData

/// A table that joins the levels of a column into groups: `level,group`.
enum GroupMerge {
  /// - Returns: The group of each level.
  static func read(_ path: String) throws -> [String: String] {
    let table = try SurveyReader.read(path)
    guard let levels = table[column: "level"], let groups = table[column: "group"] else {
      throw CommandFailure(.data, "\(path): expected a table with the columns level and group")
    }
    var merged: [String: String] = [:]
    for row in 0..<table.rowCount {
      guard let level = levels.text(row: row), let group = groups.text(row: row) else {
        throw CommandFailure(.data, "\(path), row \(row + 1): a level or group is empty; expected both")
      }
      if let known = merged[level], known != group {
        throw CommandFailure(.data, "\(path), row \(row + 1): '\(level)' is in the groups '\(known)' and '\(group)'")
      }
      merged[level] = group
    }
    return merged
  }
}
