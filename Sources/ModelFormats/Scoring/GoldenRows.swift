import BoostedTrees
import CapabilityScoring
import Foundation
import StatisticalLearning
import SurveyData

/// Made-up answers with what a model says of them: how a file shows that it still means what it meant.
///
/// No answer of a firm is in them: ordered answers and quantities are drawn between the smallest and the largest that
/// training saw, levels evenly; some answers are missing, for every reason that the model tells apart, and one row has
/// levels that training never saw.
public struct GoldenRows: Sendable, Equatable, Codable {
  /// Rows of the graph's inputs, in the order of ``inputs``; `nil` is missing.
  public let rows: [[Double?]]
  /// Names of the columns of ``rows``.
  public let inputs: [String]
  /// Per output of the graph: its values, row by row.
  public let outputs: [String: [Double]]

  /// Rows for a model, and its own answers to them.
  ///
  /// - Parameter form: Cells of a survey can't say a level beyond the known ones, nor "missing" without a reason.
  init(
    for model: ScoringModel, form: ScoringInputForm, surveyInputs: [SurveyInput], count: Int = 12, seed: UInt64 = 1
  ) {
    let isSurvey = form == .columns && !surveyInputs.isEmpty
    let inputs = ScoringInputs(columns: model.columns, design: model.design)
    let imputation = model.design.imputation
    var rows: [[Double?]] = []
    for row in 0..<count {
      var generator = CounterBasedGenerator(seed: seed, purpose: "golden row", index: row)
      // Everything answered, everything missing, unseen levels; the others at random.
      let missingShare = row == 0 ? 0 : row == 1 ? 1 : row == 2 ? 0 : 0.2
      var values: [Double?] = []
      var reasons: [UInt8?] = []
      for (index, column) in model.columns.enumerated() {
        let u = Double.random(in: 0..<1, using: &generator)
        var isMissing = Double.random(in: 0..<1, using: &generator) < missingShare
        var reason = UInt8(row % 6) + 1
        let value: Double
        switch column.feature.kind {
        case .categorical(let levelCount):
          let isUnseen = row == 2
          if isSurvey, isUnseen { (isMissing, reason) = (true, MissingReason.unreadable.rawValue) }
          value = isUnseen ? Double(levelCount + 3) : (u * Double(max(levelCount, 1))).rounded(.down)
        case .ordinal:
          let (low, high) = (imputation.minima[index], imputation.maxima[index])
          value = (low + u * (high - low)).rounded()
        case .numeric:
          // Few digits, so that single precision holds them.
          let (low, high) = (imputation.minima[index], imputation.maxima[index])
          value = Double(Float(low + u * (high - low)))
        }
        if isSurvey, isMissing { reason = surveyInputs[index].possibleReason(nearest: reason) }
        values.append(isMissing ? nil : value)
        reasons.append(isMissing ? reason : nil)
      }
      for mark in inputs.marks { values.append(reasons[mark.item] == mark.reason ? 1 : 0) }
      rows.append(values)
    }
    self.rows = rows
    self.inputs = inputs.names
    outputs = ScoringReference(model).outputs(rows.map { $0.map { $0 ?? .nan } })
  }

  /// The rows as answers of a model.
  func answers(for model: ScoringModel) -> AnswerTable {
    ScoringReference(model).answers(rows.map { $0.map { $0 ?? .nan } })
  }

  /// Compares `outputs` of the same rows.
  ///
  /// - Returns: The largest difference.
  private func compare(_ name: String, got: [Double], tolerance: Double) throws -> Double {
    guard let expected = outputs[name], expected.count == got.count else {
      throw ModelFileError.missing("golden rows for the output '\(name)'")
    }
    let width = max(1, expected.count / max(rows.count, 1))
    var largest = 0.0
    for (index, (got, expected)) in zip(got, expected).enumerated() {
      // Probabilities differ absolutely, values in proportion.
      let difference = abs(got - expected) / max(1, abs(expected))
      largest = max(largest, difference)
      guard difference <= tolerance else {
        throw ModelFileError.goldenRowMismatch(row: index / width, output: name, got: got, expected: expected)
      }
    }
    return largest
  }

  /// - Returns: The largest difference.
  /// - Throws: ``ModelFileError`` unless the model as read gives the answers.
  func verify(model: ScoringModel, tolerance: Double) throws -> Double {
    let inputs = ScoringInputs(columns: model.columns, design: model.design)
    guard inputs.names == self.inputs, !rows.isEmpty, rows.count <= 4096,
      rows.allSatisfy({ $0.count == inputs.names.count })
    else { throw ModelFileError.missing("golden rows for its inputs") }
    let got = ScoringReference(model).outputs(rows.map { $0.map { $0 ?? .nan } })
    guard Set(got.keys) == Set(outputs.keys) else { throw ModelFileError.missing("golden rows for its outputs") }
    return try got.sorted { $0.key < $1.key }.reduce(0) { largest, output in
      max(largest, try compare(output.key, got: output.value, tolerance: tolerance))
    }
  }

  /// - Returns: The largest difference.
  /// - Throws: ``ModelFileError`` unless the graph gives the answers.
  func verify(program: ONNXProgram, of file: ScoringModelFile, tolerance: Double) throws -> Double {
    let results = try program.run(tensors(for: program, of: file), rowCount: rows.count)
    guard Set(program.outputs.map(\.name)) == Set(outputs.keys) else {
      throw ModelFileError.missing("golden rows for its outputs")
    }
    var largest = 0.0
    for (port, tensor) in zip(program.outputs, results) {
      guard let values = tensor.numbers else {
        throw ModelFileError.missing("golden rows for the output '\(port.name)'")
      }
      largest = max(largest, try compare(port.name, got: values, tolerance: tolerance))
    }
    return largest
  }

  /// The rows as the graph takes them: one matrix, or an input per column.
  private func tensors(for program: ONNXProgram, of file: ScoringModelFile) -> [String: Tensor] {
    switch file.inputForm {
    case .matrix:
      return [
        ScoringNames.input: Tensor(
          shape: [rows.count, inputs.count], doubles: rows.flatMap { $0.map { $0 ?? .nan } })
      ]
    case .columns where file.surveyInputs.isEmpty:
      return Dictionary(
        inputs.enumerated().map { index, name in
          (name, Tensor(shape: [rows.count, 1], doubles: rows.map { $0[index] ?? .nan }))
        }
      ) { first, _ in first }
    case .columns:
      let marks = ScoringInputs(columns: file.model.columns, design: file.model.design).marks
      var tensors: [String: Tensor] = [:]
      for (item, input) in file.surveyInputs.enumerated() {
        let cells = rows.map { row -> SurveyInput.Cell in
          let marked = marks.indices.first { marks[$0].item == item && row[file.model.columns.count + $0] == 1 }
          return input.cell(
            value: row[item].map { file.model.columns[item].isLogarithmic ? ($0 < 0 ? -expm1(-$0) : expm1($0)) : $0 },
            reason: marked.map { marks[$0].reason },
            isTold: { reason in marks.contains { $0.item == item && $0.reason == reason } })
        }
        tensors[input.column] =
          input.isText
          ? Tensor(shape: [rows.count, 1], strings: cells.map(\.text))
          : Tensor(shape: [rows.count, 1], doubles: cells.map(\.number))
      }
      return tensors
    }
  }
}

/// What a model says of rows of its graph's inputs, computed without the graph: what the graph is held against.
struct ScoringReference {
  let model: ScoringModel
  private let inputs: ScoringInputs

  init(_ model: ScoringModel) {
    self.model = model
    inputs = ScoringInputs(columns: model.columns, design: model.design)
  }

  /// Per output of the graph, its values row by row.
  func outputs(_ rows: [[Double]]) -> [String: [Double]] { outputs(rows, answers: answers(rows)) }

  private func outputs(_ rows: [[Double]], answers table: AnswerTable) -> [String: [Double]] {
    let design = model.design.design(for: table)
    var outputs: [String: [Double]] = [:]
    var scores: [[[Double]]] = []
    for outcome in model.outcomes {
      // [row][1 + B]
      let raw = rows.indices.map { row in rawScores(of: outcome, answers: rows[row], design: design.row(row)) }
      scores.append(raw)
      let prediction = outcome.kind == .binary ? raw.map { $0.map { sigmoid($0) } } : raw
      outputs[ScoringNames.prediction(outcome)] = prediction.map { $0[0] }
      if outcome.replicateCount > 0 {
        outputs[ScoringNames.replicates(outcome.id)] = prediction.flatMap { $0.dropFirst() }
      }
    }
    if let joint = model.joint {
      let count = min(scores[joint.first].first?.count ?? 1, scores[joint.second].first?.count ?? 1)
      let states = rows.indices.map { row in
        (0..<count).map { column in
          joint.crossRatio(replicate: column).states(
            innovationLogOdds: scores[joint.first][row][column], exportLogOdds: scores[joint.second][row][column])
        }
      }
      outputs["joint.probability"] = states.map { $0[0].both }
      outputs["joint.states"] = states.flatMap {
        [$0[0].neither, $0[0].innovationOnly, $0[0].exportOnly, $0[0].both]
      }
      if count > 1 { outputs["joint.replicates"] = states.flatMap { $0.dropFirst().map(\.both) } }
    }
    return outputs
  }

  /// Rows of the graph's inputs as answers, with why they are missing.
  func answers(_ rows: [[Double]]) -> AnswerTable {
    let p = inputs.itemCount
    var values = [Double](repeating: .nan, count: rows.count * p)
    var reasons = [UInt8](repeating: 0, count: rows.count * p)
    for (i, row) in rows.enumerated() {
      for j in 0..<p {
        values[j * rows.count + i] = row[j]
        if row[j].isNaN { reasons[j * rows.count + i] = .max }
      }
      for (offset, mark) in inputs.marks.enumerated() where row[p + offset] == 1 {
        reasons[mark.item * rows.count + i] = mark.reason
      }
    }
    return AnswerTable(
      columns: model.columns, values: Matrix(rowCount: rows.count, columnCount: p, elements: values), reasons: reasons)
  }

  private func rawScores(of outcome: OutcomeModel, answers: [Double], design: [Double]) -> [Double] {
    (0...outcome.replicateCount).map { replicate in
      var raw = 0.0
      if let linear = outcome.linear, outcome.linearShare > 0 {
        let part =
          replicate > 0 && replicate <= outcome.linearReplicates.count
          ? outcome.linearReplicates[replicate - 1] : linear
        var sum = part.intercept
        for (coefficient, value) in zip(part.coefficients, design) { sum += coefficient * value }
        raw += outcome.linearShare * sum
      }
      if let trees = outcome.trees, outcome.linearShare < 1 {
        let part =
          replicate > 0 && replicate <= outcome.treeReplicates.count
          ? outcome.treeReplicates[replicate - 1] : trees
        raw += (1 - outcome.linearShare) * part.rawScore { answers[$0] }
      }
      return outcome.calibration(raw)
    }
  }
}
