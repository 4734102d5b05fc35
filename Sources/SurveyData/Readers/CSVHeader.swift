/// The names, and for Qualtrics the questions, at the head of a CSV file.
struct CSVHeader: Sendable, Equatable {
  var names: [String]
  var labels: [String?]
  /// 1, or 2 or 3 for the exports of Qualtrics.
  var rowCount: Int
  var remarks: [String]

  /// - Parameter records: The texts of the first records: one, up to three where the file has as many.
  init(records: [[String]]) {
    let header = records[0]
    rowCount = Self.headerRowCount(records)
    let questions = rowCount > 1 ? records[1] : []
    labels = header.indices.map { index in
      index < questions.count && !questions[index].isEmpty ? questions[index] : nil
    }
    remarks = []
    names = []
    if rowCount > 1 {
      remarks.append("an export of Qualtrics: \(rowCount) header rows, the second with the questions")
    }
    makeUnique(header)
    if rowCount == 1, header.allSatisfy({ Self.isNumber($0) }) {
      remarks.append("every column name is a number: does the file lack its header row?")
    }
  }

  /// Qualtrics puts the questions below the names and, in its current exports, an `ImportId` for each below those. In
  /// the older form the names are V1, V2… and then the questions, the first of which is `ResponseID`.
  private static func headerRowCount(_ records: [[String]]) -> Int {
    let width = records[0].count
    if records.count > 2, records[1].count == width, records[2].count == width,
      records[2].allSatisfy({ $0.isEmpty || $0.hasPrefix("{\"ImportId\"") || $0.hasPrefix("{'ImportId'") }),
      records[2].contains(where: { !$0.isEmpty })
    {
      return 3
    }
    if records.count > 1, records[1].count == width, records[0][0] == "V1", records[1][0].lowercased() == "responseid" {
      return 2
    }
    return 1
  }

  private mutating func makeUnique(_ header: [String]) {
    let trimmed = header.map { name in
      name.split(omittingEmptySubsequences: true, whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    if zip(header, trimmed).contains(where: { $0 != $1 && !$1.isEmpty }) {
      remarks.append("spaces and line breaks in column names were made single spaces")
    }
    let taken = Set(trimmed)
    var used: Set<String> = []
    for (index, name) in trimmed.enumerated() {
      let wanted = name.isEmpty ? "column\(index + 1)" : name
      var unique = wanted
      var suffix = 2
      while used.contains(unique) || (unique != name && taken.contains(unique)) {
        unique = "\(wanted)_\(suffix)"
        suffix += 1
      }
      used.insert(unique)
      names.append(unique)
      if name.isEmpty {
        remarks.append("column \(index + 1) has no name; it is called “\(unique)”")
      } else if unique != name {
        remarks.append("column \(index + 1) is called “\(name)” like one before it; it is renamed “\(unique)”")
      }
    }
  }

  private static func isNumber(_ text: String) -> Bool {
    var bytes = Array(text.utf8)
    return bytes.withUnsafeMutableBufferPointer {
      DecimalParser.parse(UnsafeBufferPointer($0), decimalSeparator: UInt8(ascii: ".")) != .notNumber
    }
  }
}
