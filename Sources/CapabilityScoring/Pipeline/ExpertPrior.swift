import LinearModels
import ModelEvaluation
import StatisticalLearning

/// What experts say each capability weighs for each outcome, mixed into `train`.
///
/// With `ℓ_c` a firm's level of capability *c* as a share of its range and `w_c ≥ 0` the experts' weights, the linear part
/// of an outcome's scorer is
///
/// ```
/// log-odds = b + κ Σ_c w_c ℓ_c + δ · x,   κ ≥ 0,
/// ```
///
/// `b` and κ not penalised, the data's departure δ from the experts shrunken to 0: by a penalty whose strength is chosen by
/// cross-validation, the strongest that is worse than the best by at most a standard error of the paired difference
/// (``LinearModels/PriorShrinkage`` on standardised features is the same idea), or by a spike-and-slab prior. Few firms
/// give the experts' potential index, rescaled to the data by two numbers; many the coefficients that the data ask for.
/// Signs are imposed on κ and on δ alike, so that the experts' weight of a capability can fall only by a smaller κ.
///
/// Why not the standard error of the mean loss, the usual rule: folds differ more than strengths do, and 4,000 firms were
/// still left with the experts' weights (held-out log-loss .532 against .524 by the data alone, on simulated wine firms).
/// Why not spike and slab: its prior of the departures is no weaker for few firms, and 40 firms count for more than the
/// experts (13–18 % of the weight theirs, held-out log-loss as that of the data alone).
public struct ExpertPrior: Sendable, Equatable, Codable {
  public struct Outcome: Sendable, Equatable, Codable {
    public var id: String
    /// One per capability; at least one above 0. They need not sum to one.
    public var weights: [Double]

    public init(id: String, weights: [Double]) {
      self.id = id
      self.weights = weights
    }
  }

  /// Where the weights come from, such as the names of files.
  public var source: String
  /// Ids, in the order of weights.
  public var capabilities: [String]
  public var outcomes: [Outcome]
  /// Of pairwise judgements.
  public var consistencyRatio: Double?

  public init(source: String, capabilities: [String], outcomes: [Outcome], consistencyRatio: Double? = nil) {
    precondition(
      outcomes.allSatisfy {
        $0.weights.count == capabilities.count && $0.weights.allSatisfy { $0 >= 0 && $0.isFinite }
      },
      "weights that do not fit \(capabilities.count) capabilities")
    self.source = source
    self.capabilities = capabilities
    self.outcomes = outcomes
    self.consistencyRatio = consistencyRatio
  }
}

/// How far experts count in an outcome's scorer, and how well they predict alone.
public struct PriorRecord: Sendable, Equatable, Codable {
  /// κ: the log-odds (or value) between a firm at the lowest and one at the highest level of everything that experts weigh.
  public var scale: Double
  /// Of the weight on capabilities (log-odds from lowest to highest level, summed): the part that is the experts', in
  /// `0...1`.
  public var expertShare: Double
  /// On held-out firms: the experts' index alone, rescaled by two numbers, and the data alone.
  public var expertsAlone: CandidateRecord
  public var dataAlone: CandidateRecord
}

/// The experts' index as a column beside a design, and back.
struct ExpertIndex {
  /// What one unit of each column of the design adds to the index.
  let slopes: [Double]

  /// - Returns: `nil` when experts say nothing of the outcome, or of the capabilities in use.
  init?(
    _ prior: ExpertPrior?, outcome: String, design: DesignEncoding, columns: [AnswerColumn],
    capabilities: [CapabilityDescription]
  ) {
    guard let prior, let own = prior.outcomes.first(where: { $0.id == outcome }) else { return nil }
    // A capability that goes down with an outcome counts downwards.
    let weights = capabilities.map { capability -> Double in
      guard let index = prior.capabilities.firstIndex(of: capability.id) else { return 0 }
      return capability.direction < 0 ? -own.weights[index] : own.weights[index]
    }
    slopes = design.columns.map { column in
      switch column {
      case .score(let capability): return weights[capability]
      case .item(let item):
        guard let capability = columns[item].capability, design.scoreItems[capability].isEmpty else { return 0 }
        // A quantity has no range; two quarters of the firms lie within two steps.
        return weights[capability] / max(columns[item].topLevel ?? 2 * columns[item].step, 1e-9)
      case .level, .missing, .step, .weakest: return 0
      }
    }
    guard slopes.contains(where: { $0 != 0 }) else { return nil }
  }

  static let featureName = "experts' index"

  /// The design with the index as its last column.
  func extended(_ matrix: Matrix) -> Matrix {
    let index = LinearAlgebra.product(matrix, slopes)
    return Matrix(
      rowCount: matrix.rowCount, columnCount: matrix.columnCount + 1,
      elements: matrix.converted(to: .columnMajor).elements + index)
  }

  func extended(_ features: [Feature]) -> [Feature] { features + [Feature(Self.featureName)] }

  func extended(
    _ bounds: (lower: [Double], upper: [Double])?, width: Int
  ) -> (lower: [Double], upper: [Double]) {
    (
      (bounds?.lower ?? [Double](repeating: -.infinity, count: width)) + [0],
      (bounds?.upper ?? [Double](repeating: .infinity, count: width)) + [.infinity]
    )
  }

  /// The coefficients of the design alone, the index's share put back on its columns.
  func folded(_ part: LinearPart) -> LinearPart {
    let scale = part.coefficients.last!
    return LinearPart(
      intercept: part.intercept, coefficients: zip(part.coefficients, slopes).map { $0 + scale * $1 })
  }

  func folded(_ result: LinearLearning.Result, design: DesignEncoding, columns: [AnswerColumn]) -> LinearLearning.Result
  {
    var folded = result
    folded.prior = share(result.part, design: design, columns: columns)
    folded.part = self.folded(result.part)
    folded.draws = result.draws.map { self.folded($0) }
    return folded
  }

  /// κ, and the experts' part of the weight on capabilities.
  func share(_ part: LinearPart, design: DesignEncoding, columns: [AnswerColumn]) -> (scale: Double, share: Double) {
    let scale = part.coefficients.last!
    func weight(_ coefficients: [Double]) -> Double {
      let items = design.itemSlopes(coefficients: coefficients, itemCount: columns.count)
      return columns.indices.reduce(0) { sum, item in
        guard columns[item].capability != nil else { return sum }
        return sum + abs(items[item]) * (columns[item].topLevel ?? 2 * columns[item].step)
      }
    }
    let (experts, data) = (weight(slopes.map { scale * $0 }), weight(Array(part.coefficients.dropLast())))
    return (scale, experts + data > 0 ? experts / (experts + data) : 0)
  }
}

extension OutcomeTrainer {
  /// How far experts count, beside what they and the data predict alone on the same held-out firms.
  func priorRecord(_ prior: (scale: Double, share: Double), assignment: ModelEvaluation.FoldAssignment) throws
    -> PriorRecord
  {
    var alone = self
    alone.settings.prior = nil
    // What training makes of the data where there are no experts.
    alone.settings.shrinkage = TrainingSettings().shrinkage
    alone.settings.learner = .logistic
    func record(_ scores: CandidateScores) throws -> CandidateRecord {
      try scores.record(kind: outcome.kind, targets: outcome.targets, weights: survey.weights)
    }
    return PriorRecord(
      scale: prior.scale, expertShare: prior.share, expertsAlone: try record(expertScores(assignment)),
      dataAlone: try record(try alone.outOfFoldScores(assignment)[0]))
  }

  /// The experts' index, rescaled by two numbers on the training firms of each fold.
  private func expertScores(_ assignment: ModelEvaluation.FoldAssignment) throws -> CandidateScores {
    var rawScores = [[Double]](
      repeating: [Double](repeating: 0, count: rows.count), count: assignment.repeatCount)
    for split in assignment.splits {
      let training = survey.selectingRows(split.trainingRows)
      let design = DesignEncoding(
        learning: training.answers, capabilityCount: survey.capabilities.count, weights: training.weights)
      let held = survey.selectingRows(split.testRows)
      guard let experts = expertIndex(design) else { continue }
      func index(_ survey: ScoringSurvey) -> [Double] {
        LinearAlgebra.product(design.design(for: survey.answers), experts.slopes)
      }
      let dataset = try Dataset(
        features: [Feature(ExpertIndex.featureName)],
        matrix: Matrix(rowCount: training.firmCount, columnCount: 1, elements: index(training)),
        targets: split.trainingRows.map { outcome.targets[$0] }, weights: training.weights)
      // Hardly any penalty: two numbers need none but where the index tells all firms apart.
      let penalty = ElasticNetPenalty(strength: 1e-4, lowerBounds: [0])
      let part: LinearPart
      switch outcome.kind {
      case .binary:
        let model = try LogisticRegression(penalty: penalty).fit(dataset)
        part = LinearPart(intercept: model.intercept, coefficients: model.coefficients)
      case .continuous:
        let model = try LinearRegression(penalty: penalty).fit(dataset)
        part = LinearPart(intercept: model.intercept, coefficients: model.coefficients)
      }
      for (row, value) in zip(split.testRows, index(held)) {
        rawScores[split.repeatIndex][row] = part.intercept + part.coefficients[0] * value
      }
    }
    return CandidateScores(learner: .logistic, rawScores: rawScores)
  }
}
