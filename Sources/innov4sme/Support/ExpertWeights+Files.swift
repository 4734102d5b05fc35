import CapabilityScoring
import SurveyData

/// Experts' weights from the tables that experts fill in.
struct ExpertWeightFiles {
  /// `capability,innovation,export[,target]`.
  let weights: String?
  /// One square table of pairwise judgements per expert.
  let judgements: [String]
  let capabilities: [Codebook.Capability]

  private var spaces: [PotentialIndices.Space] { capabilities.map { PotentialIndices.Space(dimension: $0.dimension) } }
  private var ids: [String] { capabilities.map(\.id) }

  func read() throws -> ExpertWeights {
    if let weights { return try readWeights(weights) }
    return judgements.isEmpty ? ExpertWeights(equalOver: spaces) : try readJudgements()
  }

  // MARK: Weights

  private func readWeights(_ file: String) throws -> ExpertWeights {
    let table = try SurveyReader.read(file)
    for name in ["capability", "innovation", "export"] where table[column: name] == nil {
      throw CommandFailure(
        .data, "\(file) has no column '\(name)'; expected capability, innovation, export and, if wanted, target")
    }
    var innovation = [Double](repeating: 0, count: ids.count)
    var export = innovation
    var targets = [Double](repeating: 1, count: ids.count)
    var seen = Set<Int>()
    for row in 0..<table.rowCount {
      let index = try capability(table[column: "capability"]!.text(row: row) ?? "", file: file, row: row)
      guard seen.insert(index).inserted else {
        throw CommandFailure(.data, "\(file), row \(row + 1): capability '\(ids[index])' stands twice")
      }
      innovation[index] = try number(table, "innovation", row, file) { $0 >= 0 }
      export[index] = try number(table, "export", row, file) { $0 >= 0 }
      if table[column: "target"] != nil {
        targets[index] = try number(table, "target", row, file) { $0 > 0 && $0 <= 1 }
      }
    }
    guard innovation.contains(where: { $0 > 0 }), export.contains(where: { $0 > 0 }) else {
      throw CommandFailure(.data, "\(file): at least one weight for innovation and one for export must be above 0")
    }
    return ExpertWeights(source: .given, innovation: innovation, export: export, targets: targets, spaces: spaces)
  }

  private func number(
    _ table: SurveyTable, _ column: String, _ row: Int, _ file: String, isValid: (Double) -> Bool
  ) throws -> Double {
    let text = table[column: column]!.text(row: row) ?? ""
    guard let value = Self.number(text), isValid(value) else {
      throw CommandFailure(
        .data,
        "\(file), row \(row + 1), column '\(column)': '\(text)' is not "
          + (column == "target" ? "a level above 0 and up to 1" : "a weight, 0 or more"))
    }
    return value
  }

  // MARK: Judgements

  private func readJudgements() throws -> ExpertWeights {
    var order: [Int]?
    var experts: [[[Double]]] = []
    for file in judgements {
      let (indices, matrix) = try matrix(file)
      if let order, order != indices {
        throw CommandFailure(.data, "\(file) judges other capabilities, or in another order, than \(judgements[0])")
      }
      order = indices
      experts.append(matrix)
    }
    let hierarchy: AnalyticHierarchy
    do { hierarchy = try AnalyticHierarchy(judgements: try AnalyticHierarchy.combined(experts)) } catch {
      throw CommandFailure(.data, "\(judgements.joined(separator: ", ")): \(error)")
    }
    var weights = [Double](repeating: 0, count: ids.count)
    for (position, index) in order!.enumerated() { weights[index] = hierarchy.weights[position] }
    return ExpertWeights(
      source: .judgements, innovation: weights, export: weights, spaces: spaces, hierarchy: hierarchy)
  }

  /// A square table: a header of capabilities, then one row each in the same order.
  private func matrix(_ file: String) throws -> (indices: [Int], matrix: [[Double]]) {
    let table = try SurveyReader.read(file)
    let columns = table.columns.filter { $0.name != "capability" }
    let indices = try columns.map { try capability($0.name, file: file, row: nil) }
    guard table.rowCount == columns.count else {
      throw CommandFailure(
        .data, "\(file) has \(table.rowCount) rows for \(columns.count) capabilities; a square table is expected")
    }
    let matrix = try (0..<table.rowCount).map { row in
      try columns.map { column in
        let text = column.text(row: row) ?? ""
        guard let value = Self.number(text), value > 0 else {
          throw CommandFailure(
            .data, "\(file), row \(row + 1), column '\(column.name)': '\(text)' is no judgement such as 3 or 1/3")
        }
        return value
      }
    }
    return (indices, matrix)
  }

  private func capability(_ id: String, file: String, row: Int?) throws -> Int {
    guard let index = ids.firstIndex(of: id) else {
      let place = row.map { ", row \($0 + 1)" } ?? ""
      throw CommandFailure(
        .data,
        "\(file)\(place): there is no capability '\(id)' in the codebook; expected \(ids.joined(separator: ", "))")
    }
    return index
  }

  /// A number, or a fraction such as `1/3`.
  private static func number(_ text: String) -> Double? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
    switch parts.count {
    case 1: return parts[0].flatMap { $0.isFinite ? $0 : nil }
    case 2:
      guard let top = parts[0], let bottom = parts[1], bottom != 0 else { return nil }
      return (top / bottom).isFinite ? top / bottom : nil
    default: return nil
    }
  }
}
