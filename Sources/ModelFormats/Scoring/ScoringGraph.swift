import BoostedTrees
import CapabilityScoring
import Foundation
import StatisticalLearning

/// What a scoring model's graph takes.
public enum ScoringInputForm: String, Sendable, Codable, CaseIterable {
  /// One matrix `answers`: a row per firm, a column per item, then one per reason of missing that is told apart.
  case matrix
  /// One input per column of the survey, by its name, with the answers as they stand in the file: see ``SurveyInput``.
  case columns
}

/// Names of the tensors and nodes that hold a model's numbers; reading finds them by these.
enum ScoringNames {
  static let input = "answers"
  static func linear(_ outcome: String) -> String { outcome + ".linear" }
  static func coefficients(_ outcome: String) -> String { outcome + ".linear.coefficients" }
  static func intercepts(_ outcome: String) -> String { outcome + ".linear.intercepts" }
  static func trees(_ outcome: String) -> String { outcome + ".trees" }
  static func treeBases(_ outcome: String) -> String { outcome + ".trees.base_scores" }
  static func prediction(_ outcome: OutcomeModel) -> String {
    outcome.id + (outcome.kind == .binary ? ".probability" : ".value")
  }
  static func replicates(_ outcome: String) -> String { outcome + ".replicates" }
}

/// Writes the whole way of a scoring model as a graph, in double precision: gaps filled, the design, the linear part and
/// the trees with all replicates at once, calibration, probabilities, the joint probability and the four states.
///
/// Column 0 of every score matrix is the model, the others its replicates.
struct ScoringGraph {
  let model: ScoringModel
  let inputs: ScoringInputs
  let form: ScoringInputForm
  let treeOperator: ONNXTreeOperator
  /// How each item's column is read, for the `columns` form; empty when its numbers are the answers.
  let surveyInputs: [SurveyInput]
  var builder = ONNXGraphBuilder(name: "capability_scoring")

  init(
    model: ScoringModel, form: ScoringInputForm, treeOperator: ONNXTreeOperator, surveyInputs: [SurveyInput]
  ) {
    self.model = model
    self.form = form
    self.treeOperator = treeOperator
    self.surveyInputs = surveyInputs
    inputs = ScoringInputs(columns: model.columns, design: model.design)
  }

  mutating func build() throws -> ONNXGraphBuilder {
    if form == .columns {
      let names = surveyInputs.map(\.column)
      if let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
        throw ModelFileError.notExpressible(
          .onnx, reason: "two items are read from the column '\(names[twice])'; use the matrix form of input")
      }
    }
    let answers = input()
    let design = model.outcomes.contains { $0.linear != nil } ? designMatrix(answers) : nil
    var rawScores: [ONNXGraphBuilder.Value] = []
    for outcome in model.outcomes {
      let raw = try rawScore(of: outcome, answers: answers, design: design)
      rawScores.append(raw)
      let prediction = outcome.kind == .binary ? builder.sigmoid(raw) : raw
      emit(prediction, name: ScoringNames.prediction(outcome), replicates: outcome)
    }
    if let joint = model.joint { emitJoint(joint, rawScores: rawScores) }
    return builder
  }

  /// The `[1 + B]` columns as two outputs: the model's, and its replicates'.
  private mutating func emit(_ value: ONNXGraphBuilder.Value, name: String, replicates outcome: OutcomeModel) {
    let first = builder.gather(value, columns: [0], name)
    builder.output(first, name, .double, [.rows, .count(1)])
    guard outcome.replicateCount > 0 else { return }
    let others = builder.gather(
      value, columns: Array(1...outcome.replicateCount), ScoringNames.replicates(outcome.id))
    builder.output(
      others, ScoringNames.replicates(outcome.id), .double, [.rows, .count(outcome.replicateCount)])
  }

  // MARK: Inputs

  private mutating func input() -> ONNXGraphBuilder.Value {
    switch form {
    case .matrix: return builder.input(ScoringNames.input, .double, [.rows, .count(inputs.names.count)])
    case .columns: return answersFromColumns()
    }
  }

  // MARK: The design of the linear part

  /// Columns of the design in the order of their blocks: items, steps, scores, weakest links, levels, marks.
  static func blockOrder(of design: DesignEncoding) -> [Int] {
    func rank(_ column: DesignEncoding.Column) -> Int {
      switch column {
      case .item: 0
      case .step: 1
      case .score: 2
      case .weakest: 3
      case .level: 4
      case .missing: 5
      }
    }
    return design.columns.indices.sorted {
      (rank(design.columns[$0]), $0) < (rank(design.columns[$1]), $1)
    }
  }

  private mutating func designMatrix(_ answers: ONNXGraphBuilder.Value) -> ONNXGraphBuilder.Value {
    let design = model.design
    var (items, levelItems, marks) = ([Int](), [Int](), [Int]())
    var (levels, scores) = ([Double](), [Int]())
    var (steps, links) = ([(item: Int, level: Int)](), [(first: Int, second: Int)]())
    for index in Self.blockOrder(of: design) {
      switch design.columns[index] {
      case .item(let item): items.append(item)
      case .score(let capability): scores.append(capability)
      case .step(let item, let level): steps.append((item, level))
      case .weakest(let first, let second): links.append((first, second))
      case .level(let item, let level):
        levelItems.append(item)
        levels.append(Double(level))
      case .missing(let item, let reason):
        marks.append(inputs.itemCount + inputs.marks.firstIndex(of: .init(item: item, reason: reason))!)
      }
    }
    var parts: [ONNXGraphBuilder.Value] = []
    if !items.isEmpty {
      let filled = filled(builder.gather(answers, columns: items, "items"), items: items)
      parts.append(filled)
      let positions = Dictionary(uniqueKeysWithValues: items.enumerated().map { ($1, $0) })
      if !steps.isEmpty { parts.append(climbed(filled, steps.map { (positions[$0.item]!, $0.level) })) }
      if !scores.isEmpty {
        parts.append(weighted(filled, scores.map { design.scoreItems[$0] }, positions, "score.shares"))
      }
      if !links.isEmpty, let own = design.levelItems {
        let first = weighted(filled, links.map { own[$0.first] }, positions, "weakest.first")
        let second = weighted(filled, links.map { own[$0.second] }, positions, "weakest.second")
        parts.append(builder.node("Min", [first, second]))
      }
    }
    if !levels.isEmpty {
      let values = builder.gather(answers, columns: levelItems, "nominal")
      let level = builder.constant(levels, shape: [1, levels.count], "nominal.levels")
      parts.append(builder.double(builder.node("Equal", [values, level])))
    }
    if !marks.isEmpty { parts.append(builder.gather(answers, columns: marks, "marks")) }
    return builder.concatenate(parts)
  }

  /// How much of each step the filled items have climbed, in `0...1`.
  private mutating func climbed(
    _ filled: ONNXGraphBuilder.Value, _ steps: [(position: Int, level: Int)]
  ) -> ONNXGraphBuilder.Value {
    let values = builder.gather(filled, columns: steps.map(\.position), "steps")
    let starts = builder.constant(steps.map { Double($0.level - 1) }, shape: [1, steps.count], "steps.starts")
    let risen = builder.node("Max", [builder.subtract(values, starts), builder.constant(0, "steps.none")])
    return builder.node("Min", [risen, builder.constant(1, "steps.all")])
  }

  /// Sums of the filled items by their shares, one column per list.
  private mutating func weighted(
    _ filled: ONNXGraphBuilder.Value, _ lists: [[DesignEncoding.ScoreItem]], _ positions: [Int: Int], _ name: String
  ) -> ONNXGraphBuilder.Value {
    var shares = [Double](repeating: 0, count: positions.count * lists.count)
    for (column, list) in lists.enumerated() {
      for part in list {
        if let position = positions[part.item] { shares[position * lists.count + column] += part.share }
      }
    }
    let weights = builder.constant(shares, shape: [positions.count, lists.count], name)
    return builder.node("MatMul", [filled, weights])
  }

  /// Gaps filled from the other answers: see ``Imputation``.
  private mutating func filled(_ values: ONNXGraphBuilder.Value, items: [Int]) -> ONNXGraphBuilder.Value {
    let imputation = model.design.imputation
    func row(_ values: [Double], _ name: String) -> ONNXGraphBuilder.Value {
      builder.constant(items.map { values[$0] }, shape: [1, items.count], name)
    }
    let missing = builder.node("IsNaN", [values])
    let means = row(imputation.means, "imputation.means")
    guard !imputation.regression.isEmpty else { return builder.choose(missing, means, values) }
    let deviations = row(imputation.deviations, "imputation.deviations")
    let zero = builder.constant(0, "zero")
    let standardized = builder.choose(
      missing, zero, builder.divide(builder.subtract(values, means), deviations))
    var weights = [Double](repeating: 0, count: items.count * items.count)
    for (column, item) in items.enumerated() {
      for (row, other) in items.enumerated() {
        weights[row * items.count + column] = imputation.regression[item * imputation.itemCount + other]
      }
    }
    let regression = builder.constant(weights, shape: [items.count, items.count], "imputation.regression")
    let sums = builder.node("MatMul", [standardized, regression])
    let guesses = builder.add(means, builder.multiply(deviations, sums))
    let atLeast = builder.node("Max", [guesses, row(imputation.minima, "imputation.minima")])
    let bounded = builder.node("Min", [atLeast, row(imputation.maxima, "imputation.maxima")])
    return builder.choose(missing, bounded, values)
  }

  // MARK: Scores

  private mutating func rawScore(
    of outcome: OutcomeModel, answers: ONNXGraphBuilder.Value, design: ONNXGraphBuilder.Value?
  ) throws -> ONNXGraphBuilder.Value {
    let columnCount = 1 + outcome.replicateCount
    var parts: [ONNXGraphBuilder.Value] = []
    if let linear = outcome.linear, outcome.linearShare > 0, let design {
      let all = [linear] + outcome.linearReplicates
      let columns = (0..<columnCount).map { $0 < all.count ? all[$0] : linear }
      let order = Self.blockOrder(of: model.design)
      let coefficients = order.flatMap { index in columns.map { $0.coefficients[index] } }
      let product = builder.node(
        "MatMul",
        [
          design,
          builder.constant(
            coefficients, shape: [order.count, columnCount], ScoringNames.coefficients(outcome.id)),
        ], name: ScoringNames.linear(outcome.id))
      let intercepts = builder.constant(
        columns.map(\.intercept), shape: [1, columnCount], ScoringNames.intercepts(outcome.id))
      parts.append(scaled(builder.add(product, intercepts), by: outcome.linearShare, outcome.id + ".linear.share"))
    }
    if let trees = outcome.trees, outcome.linearShare < 1 {
      let all = [trees] + outcome.treeReplicates
      let columns = (0..<columnCount).map { $0 < all.count ? all[$0] : trees }
      guard columns.allSatisfy({ $0.baseScores.count == 1 }) else {
        throw ModelFileError.notExpressible(.onnx, reason: "trees of several outputs in the outcome '\(outcome.id)'")
      }
      let scores = try builder.treeScores(
        columns, input: answers, name: ScoringNames.trees(outcome.id), operation: treeOperator)
      parts.append(scaled(scores, by: 1 - outcome.linearShare, outcome.id + ".trees.share"))
    }
    let raw = parts.count == 2 ? builder.add(parts[0], parts[1]) : parts[0]
    guard outcome.calibration != .identity else { return raw }
    let slope = builder.constant(outcome.calibration.slope, outcome.id + ".calibration.slope")
    let intercept = builder.constant(outcome.calibration.intercept, outcome.id + ".calibration.intercept")
    return builder.add(builder.multiply(raw, slope), intercept)
  }

  private mutating func scaled(
    _ value: ONNXGraphBuilder.Value, by share: Double, _ name: String
  ) -> ONNXGraphBuilder.Value {
    share == 1 ? value : builder.multiply(value, builder.constant(share, name))
  }

  // MARK: The joint probability

  private mutating func emitJoint(_ joint: JointModel, rawScores: [ONNXGraphBuilder.Value]) {
    let outcomes = [model.outcomes[joint.first], model.outcomes[joint.second]]
    let replicateCount = outcomes.map(\.replicateCount).min()!
    let columns = Array(0...replicateCount)
    let states = builder.jointStates(
      first: builder.gather(rawScores[joint.first], columns: columns, "joint.first"),
      second: builder.gather(rawScores[joint.second], columns: columns, "joint.second"),
      logCrossRatios: columns.map { joint.crossRatio(replicate: $0).logValue })
    let both = builder.gather(states.both, columns: [0], "joint.probability")
    builder.output(both, "joint.probability", .double, [.rows, .count(1)])
    let four = [states.neither, states.firstOnly, states.secondOnly, states.both].map {
      builder.gather($0, columns: [0], "joint.states")
    }
    builder.output(builder.concatenate(four), "joint.states", .double, [.rows, .count(4)])
    if replicateCount > 0 {
      let others = builder.gather(states.both, columns: Array(1...replicateCount), "joint.replicates")
      builder.output(others, "joint.replicates", .double, [.rows, .count(replicateCount)])
    }
  }
}
