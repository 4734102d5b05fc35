import BoostedTrees
import CapabilityScoring
import StatisticalLearning

/// A scoring model without the numbers that its graph holds.
struct ScoringHeader: Codable, Sendable {
  struct Outcome: Codable, Sendable {
    var id: String
    var kind: OutcomeModel.Kind
    var linearShare: Double
    var calibration: LinearCalibration
    var hasLinear: Bool
    var linearReplicateCount: Int
    var hasTrees: Bool
    var treeReplicateCount: Int
    /// What the graph can't hold of the model's own trees, tree by tree.
    var annotations: [TreeAnnotation]
  }

  var columns: [AnswerColumn]
  var capabilities: [CapabilityDescription]
  var design: DesignEncoding
  var outcomes: [Outcome]
  var joint: JointModel?
  var record: ScoringRecord
  var inputs: [String]
  var form: ScoringInputForm
  var treeOperator: ONNXTreeOperator
  var surveyInputs: [SurveyInput]

  init(
    model: ScoringModel, form: ScoringInputForm, treeOperator: ONNXTreeOperator, surveyInputs: [SurveyInput]
  ) {
    columns = model.columns
    capabilities = model.capabilities
    design = model.design
    joint = model.joint
    record = model.record
    inputs = ScoringInputs(columns: model.columns, design: model.design).names
    self.form = form
    self.treeOperator = treeOperator
    self.surveyInputs = surveyInputs
    outcomes = model.outcomes.map { outcome in
      Outcome(
        id: outcome.id, kind: outcome.kind, linearShare: outcome.linearShare, calibration: outcome.calibration,
        hasLinear: outcome.linear != nil && outcome.linearShare > 0,
        linearReplicateCount: outcome.linearReplicates.count,
        hasTrees: outcome.trees != nil && outcome.linearShare < 1,
        treeReplicateCount: outcome.treeReplicates.count,
        annotations: outcome.trees?.trees.map(TreeAnnotation.init) ?? [])
    }
  }

  /// The model, with its numbers from the graph.
  func model(parameters: ScoringParameters) throws -> ScoringModel {
    // Before anything is looked up by the design's indices.
    try ScoringModelCheck.check(design, columns: columns, capabilityCount: capabilities.count)
    let inputs = ScoringInputs(columns: columns, design: design)
    let order = ScoringGraph.blockOrder(of: design)
    let features =
      columns.map(\.feature)
      + inputs.names[columns.count...].map { Feature($0, .ordinal) }
    let models = try outcomes.map { outcome in
      try self.outcome(outcome, parameters: parameters, order: order, features: features)
    }
    return ScoringModel(
      columns: columns, capabilities: capabilities, design: design, outcomes: models, joint: joint, record: record)
  }

  private func outcome(
    _ outcome: Outcome, parameters: ScoringParameters, order: [Int], features: [Feature]
  ) throws -> OutcomeModel {
    func damaged(_ reason: String) -> ModelFileError {
      .malformed(.onnx, place: "outcome '\(outcome.id)'", reason: reason)
    }
    guard outcome.linearShare >= 0, outcome.linearShare <= 1,
      outcome.linearShare == 0 || outcome.hasLinear, outcome.linearShare == 1 || outcome.hasTrees
    else { throw damaged("a share of \(outcome.linearShare) without the parts for it") }
    let counts = [outcome.linearReplicateCount, outcome.treeReplicateCount]
    guard counts.allSatisfy({ (0...1 << 16).contains($0) }) else { throw damaged("\(counts) replicates") }
    let width = 1 + max(outcome.linearReplicateCount, outcome.treeReplicateCount)
    var linear: [LinearPart] = []
    if outcome.hasLinear {
      let coefficients = try parameters.reals(ScoringNames.coefficients(outcome.id), shape: [order.count, width])
      let intercepts = try parameters.reals(ScoringNames.intercepts(outcome.id), shape: [1, width])
      linear = (0...outcome.linearReplicateCount).map { column in
        var own = [Double](repeating: 0, count: order.count)
        for (position, index) in order.enumerated() { own[index] = coefficients[position * width + column] }
        return LinearPart(intercept: intercepts[column], coefficients: own)
      }
    }
    var trees: [TreeEnsemble] = []
    if outcome.hasTrees {
      trees = try parameters.ensembles(
        ScoringNames.trees(outcome.id), bases: ScoringNames.treeBases(outcome.id), count: width, features: features,
        annotations: outcome.annotations)
    }
    return OutcomeModel(
      id: outcome.id, kind: outcome.kind, linearShare: outcome.linearShare, calibration: outcome.calibration,
      linear: linear.first, trees: trees.first, linearReplicates: Array(linear.dropFirst()),
      treeReplicates: Array(trees.dropFirst().prefix(outcome.treeReplicateCount)))
  }
}

/// What the graph does not hold of a tree: the order of its nodes, and their covers, gains and inner values.
struct TreeAnnotation: Codable, Sendable, Equatable {
  /// One letter per node in order: `S` for a split, `L` for a leaf.
  var order: String
  var covers: [Double]
  var gains: [Double]
  /// Of the splits, in order.
  var values: [Double]

  init(_ tree: DecisionTree) {
    order = String(tree.nodes.map { $0.isLeaf ? "L" : "S" })
    covers = tree.nodes.map(\.cover)
    gains = tree.nodes.filter { !$0.isLeaf }.map(\.gain)
    values = tree.nodes.filter { !$0.isLeaf }.map(\.value)
  }
}
