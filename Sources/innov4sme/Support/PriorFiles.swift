import CapabilityScoring
import SurveyData

/// What experts say, for `train --prior`: one table of weights, or a table of pairwise judgements per expert.
struct PriorFiles {
  let files: [String]
  let codebook: Codebook
  /// Ids of the outcomes that are trained on.
  let outcomes: [String]

  func read() throws -> ExpertPrior {
    guard !codebook.capabilities.isEmpty else {
      throw CommandFailure(.usage, "--prior weighs capabilities, of which there are none; train with --codebook")
    }
    let table = try SurveyReader.read(files[0])
    let names = table.columns.map(\.name)
    let isJudgements = names.filter { $0 != "capability" }.allSatisfy { name in
      codebook.capabilities.contains { $0.id == name }
    }
    if isJudgements { return try judgements() }
    guard files.count == 1 else {
      throw CommandFailure(
        .usage, "--prior \(files[0]) is a table of weights, which stands alone; judgements may be several")
    }
    return try weights(table, file: files[0])
  }

  private func judgements() throws -> ExpertPrior {
    let weights = try ExpertWeightFiles(weights: nil, judgements: files, capabilities: codebook.capabilities).read()
    let ratio = weights.hierarchy?.consistencyRatio
    if let ratio, weights.hierarchy?.isConsistent == false {
      Console.warning(
        "the judgements contradict each other (consistency ratio \(NumberText.decimal(ratio, 2)); up to 0.10 is acceptable)"
      )
    }
    return ExpertPrior(
      source: "judgements of \(files.count) expert\(files.count == 1 ? "" : "s")",
      capabilities: codebook.capabilities.map(\.id),
      outcomes: outcomes.map { id in
        let own = id == "innovation" ? weights.innovation : id == "export" ? weights.export : weights.joint
        return .init(id: id, weights: own)
      }, consistencyRatio: ratio)
  }

  private func weights(_ table: SurveyTable, file: String) throws -> ExpertPrior {
    let columns = ["capability"] + outcomes
    for name in columns where table[column: name] == nil {
      throw CommandFailure(
        .data,
        "\(file) has no column '\(name)'; expected \(columns.joined(separator: ", ")), or a square table of judgements of capabilities"
      )
    }
    let ids = codebook.capabilities.map(\.id)
    var weights = [[Double]](repeating: [Double](repeating: 0, count: ids.count), count: outcomes.count)
    var seen = Set<String>()
    for row in 0..<table.rowCount {
      let id = table[column: "capability"]!.text(row: row) ?? ""
      guard let index = ids.firstIndex(of: id) else {
        throw CommandFailure(
          .data,
          "\(file), row \(row + 1): there is no capability '\(id)' in the codebook; expected \(ids.joined(separator: ", "))"
        )
      }
      guard seen.insert(id).inserted else {
        throw CommandFailure(.data, "\(file), row \(row + 1): capability '\(id)' stands twice")
      }
      for (position, outcome) in outcomes.enumerated() {
        let text = table[column: outcome]!.text(row: row) ?? ""
        guard let value = Double(text), value >= 0, value.isFinite else {
          throw CommandFailure(
            .data, "\(file), row \(row + 1), column '\(outcome)': '\(text)' is not a weight, 0 or more")
        }
        weights[position][index] = value
      }
    }
    for (position, outcome) in outcomes.enumerated() where !weights[position].contains(where: { $0 > 0 }) {
      throw CommandFailure(.data, "\(file): at least one weight for \(outcome) must be above 0")
    }
    return ExpertPrior(
      source: "weights", capabilities: ids,
      outcomes: outcomes.indices.map { .init(id: outcomes[$0], weights: weights[$0]) })
  }
}
