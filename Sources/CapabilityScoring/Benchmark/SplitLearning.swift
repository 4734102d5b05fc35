import BoostedTrees
import Foundation
import ModelEvaluation
import StatisticalLearning

/// What the candidates learn from the training firms of one split, each fit made once however many candidates use it.
final class SplitLearning {
  typealias Scorer = @Sendable (_ rows: [Int]) -> [Double]

  let benchmark: SurveyBenchmark
  let split: FoldAssignment.Split
  /// The training firms, weighted by how often they count.
  let training: ScoringSurvey
  let design: DesignEncoding
  let monotonicity: Monotonicity
  private let trainingDesign: Matrix
  private let trainingTreeRows: Matrix
  private let scored: ScoredRows
  private let contextDesign: (columns: [Int], scored: ScoredRows)
  private var linearFits: [LinearFit.Shape: LinearFit] = [:]
  private var treeFits: [TreeFit.Shape: TreeFit] = [:]

  init(benchmark: SurveyBenchmark, split: FoldAssignment.Split) {
    self.benchmark = benchmark
    self.split = split
    let survey = benchmark.survey
    let chosen = survey.selectingRows(split.trainingRows)
    training = chosen.weighted(
      by: chosen.weights.enumerated().map { $1 * Double(split.count(at: $0)) })
    design = DesignEncoding(
      learning: training.answers, capabilityCount: survey.capabilities.count, weights: training.weights)
    monotonicity = Monotonicity(columns: survey.answers.columns, capabilities: survey.capabilities)
    trainingDesign = design.design(for: training.answers)
    trainingTreeRows = TreeRows.matrix(answers: training.answers, design: design)
    scored = ScoredRows(answers: survey.answers, design: design, columns: nil)
    let columns = Self.columns(of: design, items: Set(benchmark.contextColumns))
    contextDesign = (columns, ScoredRows(answers: survey.answers, design: design, columns: columns))
  }

  /// The columns of a design that come from these items alone.
  private static func columns(of design: DesignEncoding, items: Set<Int>) -> [Int] {
    design.columns.indices.filter { index in
      switch design.columns[index] {
      case .item(let item), .level(let item, _), .missing(let item, _): items.contains(item)
      case .score: false
      }
    }
  }

  /// A scorer of any rows of the survey: log-odds for a binary outcome.
  func scorer(_ candidate: SurveyCandidate, outcome: Int) throws -> Scorer {
    switch candidate {
    case .baseRate: preconditionFailure("the base rate is not fitted here")
    case .context: return try linear(.init(outcome: outcome, onContext: true)).scorer
    case .ridge: return try linear(.init(outcome: outcome)).scorer
    case .lasso: return try linear(.init(outcome: outcome, l1Ratio: 1)).scorer
    case .elasticNet: return try linear(.init(outcome: outcome, l1Ratio: 0.5)).scorer
    case .monotoneRidge: return try linear(.init(outcome: outcome, isMonotone: true)).scorer
    case .spikeAndSlab: return try spikeAndSlab(outcome: outcome)
    case .trees: return try trees(.init(outcome: outcome, hasLinearPart: false)).scorer
    case .ordinalTrees: return try trees(.init(outcome: outcome)).scorer
    case .monotoneTrees: return try trees(.init(outcome: outcome, isMonotone: true)).scorer
    case .blend: return try blend(outcome: outcome)
    case .auto: return benchmark.isNested ? try trained(outcome: outcome) : try chosen(outcome: outcome)
    case .indexEqual, .indexValueTest, .indexHierarchy: return try index(candidate, outcome: outcome)
    }
  }

  // MARK: Fits

  /// Places in the training set of the firms that an outcome can be learned from.
  func known(_ outcome: Int) -> [Int] {
    let targets = training.outcomes[outcome].targets
    return targets.indices.filter { !targets[$0].isNaN && training.weights[$0] > 0 }
  }

  /// A seed that is a function of the training firms and the outcome alone.
  func seed(_ purpose: String, outcome: Int) -> UInt64 {
    let name = "\(split.repeatIndex)/\(split.fold)/\(split.trainingRows.count)/\(training.outcomes[outcome].id)"
    var generator = CounterBasedGenerator(seed: benchmark.settings.seed, purpose: purpose, name: name, index: 0)
    return generator.next()
  }

  func linear(_ shape: LinearFit.Shape) throws -> LinearFit {
    if let fit = linearFits[shape] { return fit }
    let places = known(shape.outcome)
    let source = shape.onContext ? trainingDesign.selectingColumns(contextDesign.columns) : trainingDesign
    var settings = benchmark.settings
    settings.l1Ratio = shape.l1Ratio
    let fit = try LinearFit(
      kind: training.outcomes[shape.outcome].kind, settings: settings,
      bounds: shape.isMonotone ? monotonicity.bounds(for: design) : nil,
      rows: .init(
        matrix: places.count == source.rowCount ? source : source.selectingRows(places),
        targets: places.map { training.outcomes[shape.outcome].targets[$0] },
        weights: places.map { training.weights[$0] },
        groups: benchmark.groups.map { groups in places.map { groups[split.trainingRows[$0]] } }),
      seed: seed("inner folds", outcome: shape.outcome), scored: shape.onContext ? contextDesign.scored : scored)
    linearFits[shape] = fit
    return fit
  }

  private func spikeAndSlab(outcome: Int) throws -> Scorer {
    let places = known(outcome)
    let columns = training.answers.columns
    let part = try SparseLearning(
      kind: training.outcomes[outcome].kind, design: design, columns: columns,
      bounds: monotonicity.bounds(for: design), drawCount: 0, seed: seed("spike and slab", outcome: outcome),
      stream: training.outcomes[outcome].id
    ).fit(
      matrix: places.count == trainingDesign.rowCount ? trainingDesign : trainingDesign.selectingRows(places),
      features: design.features(for: columns, capabilities: training.capabilities),
      targets: places.map { training.outcomes[outcome].targets[$0] }, weights: places.map { training.weights[$0] }
    ).part
    return { [scored] rows in part.rawScores(for: scored.designMatrix(rows)) }
  }

  func trees(_ shape: TreeFit.Shape) throws -> TreeFit {
    if let fit = treeFits[shape] { return fit }
    let places = known(shape.outcome)
    let features = TreeRows.features(columns: training.answers.columns, design: design)
    var directions: [String: MonotoneDirection] = [:]
    if shape.isMonotone {
      for (item, column) in training.answers.columns.enumerated() {
        directions[column.feature.name] = MonotoneDirection(rawValue: monotonicity.sign(ofItem: item))
      }
    }
    let rows = places.count == trainingTreeRows.rowCount ? trainingTreeRows : trainingTreeRows.selectingRows(places)
    let dataset = try Dataset(
      features: features, matrix: rows, targets: places.map { training.outcomes[shape.outcome].targets[$0] },
      weights: places.map { training.weights[$0] })
    let fit = try TreeFit(
      kind: training.outcomes[shape.outcome].kind, dataset: dataset, shape: shape, monotone: directions,
      seed: seed("trees", outcome: shape.outcome), scored: scored)
    treeFits[shape] = fit
    return fit
  }

  private func blend(outcome: Int) throws -> Scorer {
    let linear = try linear(.init(outcome: outcome, isMonotone: true)).scorer
    let trees = try trees(.init(outcome: outcome, isMonotone: true)).scorer
    return { rows in zip(linear(rows), trees(rows)).map { ($0 + $1) / 2 } }
  }

  // MARK: Choices

  /// The learner of least loss by out-of-fold scores that the fits leave behind, the simpler one within a standard error.
  private func chosen(outcome: Int) throws -> Scorer {
    let linear = try linear(.init(outcome: outcome, isMonotone: true))
    let trees = try trees(.init(outcome: outcome, isMonotone: true))
    let blend = try blend(outcome: outcome)
    guard let treeScores = trees.outOfFold else { return linear.scorer }
    let linearScores = try linear.outOfFold()
    let half = zip(linearScores, treeScores).map { ($0 + $1) / 2 }
    let places = known(outcome)
    let choice = try CandidateChoice.choose(
      among: [
        CandidateScores(learner: .logistic, rawScores: [linearScores]),
        CandidateScores(learner: .boostedTrees, rawScores: [treeScores]),
        CandidateScores(learner: .blend, rawScores: [half]),
      ], kind: training.outcomes[outcome].kind, targets: places.map { training.outcomes[outcome].targets[$0] },
      weights: places.map { training.weights[$0] })
    return [linear.scorer, trees.scorer, blend][choice]
  }

  /// What `train --learner auto` makes of the training firms, its comparison and calibration included.
  private func trained(outcome: Int) throws -> Scorer {
    var settings = benchmark.settings
    settings.learner = .auto
    settings.bootstrap = 0
    settings.seed = seed("auto", outcome: outcome)
    settings.threadCount = 1
    let trainer = try OutcomeTrainer(survey: training, outcome: outcome, settings: settings)
    let model = try trainer.train(design: design).model
    let (answers, design) = (benchmark.survey.answers, design)
    return { rows in
      let answers = answers.selectingRows(rows)
      let linear = model.linear.map { $0.rawScores(for: design.design(for: answers)) }
      let trees = model.trees.map { TreeRows.rawScores(of: $0, answers: answers, design: design) }
      let share = model.linearShare
      return rows.indices.map { row in
        model.calibration(share * (linear?[row] ?? 0) + (1 - share) * (trees?[row] ?? 0))
      }
    }
  }
}
