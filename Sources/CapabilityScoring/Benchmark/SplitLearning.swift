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
  /// The design with the columns that a linear part of these settings is learned from, and spike and slab always is.
  private lazy var sparseDesign: (design: DesignEncoding, training: Matrix, scored: ScoredRows) = {
    var settings = benchmark.settings
    settings.learner = .logistic
    settings.shrinkage = .spikeAndSlab
    let design = OutcomeTrainer.design(learning: training, settings: settings)
    return (
      design, design.design(for: training.answers),
      ScoredRows(answers: benchmark.survey.answers, design: design, columns: nil)
    )
  }()
  private var linearFits: [LinearFit.Shape: LinearFit] = [:]
  private var sparseFits: [Int: SparseFit] = [:]
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
      case .item(let item), .level(let item, _), .missing(let item, _), .step(let item, _): items.contains(item)
      case .score, .weakest: false
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
    case .spikeAndSlab: return sparseScorer(try sparse(outcome: outcome).part)
    case .trees: return try trees(.init(outcome: outcome)).treesAlone.scorer
    case .ordinalTrees: return try trees(.init(outcome: outcome)).whole.scorer
    case .monotoneTrees: return try trees(.init(outcome: outcome, isMonotone: true)).whole.scorer
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
    var settings = benchmark.settings
    settings.l1Ratio = shape.l1Ratio
    let fit = try LinearFit(
      kind: training.outcomes[shape.outcome].kind, settings: settings,
      bounds: shape.isMonotone ? monotonicity.bounds(for: design) : nil,
      rows: learningRows(outcome: shape.outcome, columns: shape.onContext ? contextDesign.columns : nil),
      seed: seed("inner folds", outcome: shape.outcome), scored: shape.onContext ? contextDesign.scored : scored)
    linearFits[shape] = fit
    return fit
  }

  private func sparse(outcome: Int) throws -> SparseFit {
    if let fit = sparseFits[outcome] { return fit }
    let fit = try SparseFit(
      learning: SparseLearning(
        kind: training.outcomes[outcome].kind, design: sparseDesign.design, columns: training.answers.columns,
        bounds: monotonicity.bounds(for: sparseDesign.design), drawCount: 0,
        seed: seed("spike and slab", outcome: outcome),
        stream: training.outcomes[outcome].id),
      rows: learningRows(outcome: outcome, of: (sparseDesign.design, sparseDesign.training)),
      foldCount: benchmark.settings.innerFolds, seed: seed("inner folds", outcome: outcome))
    sparseFits[outcome] = fit
    return fit
  }

  /// The linear part that `train` makes with these settings.
  struct TrainedLinear {
    let part: LinearPart
    let design: DesignEncoding
    let scorer: Scorer
    /// The score of each training row by a fit without it.
    let outOfFold: () throws -> [Double]
  }

  func trainedLinear(outcome: Int) throws -> TrainedLinear {
    switch benchmark.settings.shrinkage {
    case .spikeAndSlab:
      let fit = try sparse(outcome: outcome)
      return TrainedLinear(
        part: fit.part, design: sparseDesign.design, scorer: sparseScorer(fit.part), outOfFold: fit.outOfFold)
    case .penalty:
      let fit = try linear(.init(outcome: outcome, isMonotone: true))
      return TrainedLinear(part: fit.part, design: design, scorer: fit.scorer, outOfFold: fit.outOfFold)
    }
  }

  /// - Parameter columns: Of the design; `nil` for all.
  private func learningRows(
    outcome: Int, columns: [Int]? = nil, of other: (design: DesignEncoding, training: Matrix)? = nil
  ) -> LearningRows {
    let places = known(outcome)
    let (design, whole) = other ?? (design, trainingDesign)
    let source = columns.map { whole.selectingColumns($0) } ?? whole
    let features = design.features(for: training.answers.columns, capabilities: training.capabilities)
    return LearningRows(
      matrix: places.count == source.rowCount ? source : source.selectingRows(places),
      features: columns.map { $0.map { features[$0] } } ?? features,
      targets: places.map { training.outcomes[outcome].targets[$0] }, weights: places.map { training.weights[$0] },
      groups: benchmark.groups.map { groups in places.map { groups[split.trainingRows[$0]] } })
  }

  private func sparseScorer(_ part: LinearPart) -> Scorer {
    let scored = sparseDesign.scored
    return { rows in part.rawScores(for: scored.designMatrix(rows)) }
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
      kind: training.outcomes[shape.outcome].kind, dataset: dataset, monotone: directions,
      seed: seed("trees", outcome: shape.outcome), scored: scored)
    treeFits[shape] = fit
    return fit
  }

  private func blend(outcome: Int) throws -> Scorer {
    let linear = try trainedLinear(outcome: outcome).scorer
    let trees = try trees(.init(outcome: outcome, isMonotone: true)).whole.scorer
    return { rows in zip(linear(rows), trees(rows)).map { ($0 + $1) / 2 } }
  }

  // MARK: Choices

  /// The learner of least loss by out-of-fold scores that the fits leave behind, the simpler one within a standard error,
  /// calibrated on the same scores.
  private func chosen(outcome: Int) throws -> Scorer {
    let linear = try trainedLinear(outcome: outcome)
    let trees = try trees(.init(outcome: outcome, isMonotone: true)).whole
    guard let treeScores = trees.outOfFold else { return linear.scorer }
    let linearScores = try linear.outOfFold()
    let half = zip(linearScores, treeScores).map { ($0 + $1) / 2 }
    let scores = [
      CandidateScores(learner: .logistic, rawScores: [linearScores]),
      CandidateScores(learner: .boostedTrees, rawScores: [treeScores]),
      CandidateScores(learner: .blend, rawScores: [half]),
    ]
    let (kind, places) = (training.outcomes[outcome].kind, known(outcome))
    let targets = places.map { training.outcomes[outcome].targets[$0] }
    let weights = places.map { training.weights[$0] }
    let choice = try CandidateChoice.choose(among: scores, kind: kind, targets: targets, weights: weights)
    let calibration = try scores[choice].calibration(
      kind: kind, targets: targets, weights: weights, method: benchmark.settings.calibration,
      seed: seed("calibration", outcome: outcome)
    ).calibration
    let chosen = [linear.scorer, trees.scorer, try blend(outcome: outcome)][choice]
    return { rows in chosen(rows).map { calibration($0) } }
  }

  /// What `train --learner auto` makes of the training firms, its comparison and calibration included.
  private func trained(outcome: Int) throws -> Scorer {
    var settings = benchmark.settings
    settings.learner = .auto
    settings.bootstrap = 0
    settings.seed = seed("auto", outcome: outcome)
    settings.threadCount = 1
    let trainer = try OutcomeTrainer(survey: training, outcome: outcome, settings: settings)
    let design = OutcomeTrainer.design(learning: training, settings: settings)
    let model = try trainer.train(design: design).model
    let answers = benchmark.survey.answers
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
