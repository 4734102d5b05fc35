extension FoldAssignment {
  /// The folds as comma-separated text: `id,repeat,fold`, one line per row and repeat, both counted from 1; a fold with a
  /// name is written by its name. For splits ordered in time the last column is `block`: each block is tested by a model
  /// of the earlier ones.
  public func csv(rowIDs: [String]) -> String {
    precondition(rowIDs.count == rowCount, "\(rowIDs.count) ids for \(rowCount) rows")
    let ids = rowIDs.map(DelimitedText.quoted)
    let names = foldNames.map(DelimitedText.quoted)
    var text = "id,repeat,\(trainingRule == .earlierFolds ? "block" : "fold")\n"
    for (number, folds) in foldIDs.enumerated() {
      for row in 0..<rowCount {
        text += "\(ids[row]),\(number + 1),\(names.isEmpty ? "\(folds[row] + 1)" : names[folds[row]])\n"
      }
    }
    return text
  }

  /// Reads folds for the rows with these ids, in any order of lines.
  ///
  /// The column `repeat` may be missing (one repeat). Folds that are all whole numbers from 1 are taken as such; otherwise
  /// they are names, in alphabetical order.
  ///
  /// - Throws: ``BenchmarkFileError``, by line and cause: every row needs exactly one fold in every repeat.
  public init(csv text: String, rowIDs: [String]) throws(BenchmarkFileError) {
    let table = try DelimitedText(text)
    guard let idColumn = table.column("id") else { throw .missingColumn("id") }
    guard let foldColumn = table.column("fold") ?? table.column("block") else { throw .missingColumn("fold") }
    let repeatColumn = table.column("repeat")
    let rows = try rowNumbers(of: rowIDs)
    var labels: [[String?]] = []
    for (line, fields) in table.records {
      guard let row = rows[fields[idColumn]] else { throw .unknownID(line: line, id: fields[idColumn]) }
      var number = 1
      if let repeatColumn {
        guard let value = Int(fields[repeatColumn]), value >= 1, value <= table.records.count else {
          throw .invalidNumber(line: line, column: "repeat", expected: "a whole number from 1")
        }
        number = value
      }
      while labels.count < number { labels.append([String?](repeating: nil, count: rowIDs.count)) }
      guard labels[number - 1][row] == nil else { throw .duplicateID(line: line, id: fields[idColumn]) }
      labels[number - 1][row] = fields[foldColumn]
    }
    var known: [[String]] = []
    for (number, column) in labels.enumerated() {
      var complete: [String] = []
      for (row, label) in column.enumerated() {
        guard let label else { throw .missingID(rowIDs[row], repeatNumber: number + 1) }
        complete.append(label)
      }
      known.append(complete)
    }
    if known.isEmpty, let first = rowIDs.first { throw .missingID(first, repeatNumber: 1) }
    let rule: TrainingRule = table.header[foldColumn] == "block" ? .earlierFolds : .otherFolds
    let numbers = known.map { $0.map { Int($0) } }
    if numbers.allSatisfy({ $0.allSatisfy { $0.map { $0 >= 1 && $0 <= rowIDs.count } ?? false } }) {
      let ids = numbers.map { $0.map { $0! - 1 } }
      self.init(foldIDs: ids, foldCount: (ids.joined().max() ?? 0) + 1, trainingRule: rule)
    } else {
      let names = Set(known.joined()).sorted()
      let place = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
      self.init(
        foldIDs: known.map { $0.map { place[$0]! } }, foldCount: names.count, trainingRule: rule, foldNames: names)
    }
  }
}
