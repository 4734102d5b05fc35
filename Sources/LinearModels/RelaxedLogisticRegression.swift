import StatisticalLearning

/// Logistic regression that selects by the lasso and then takes back part of its shrinkage.
///
/// At every strength of the path the features with a coefficient other than 0 are fitted again without a penalty, and
/// the two fits are blended: `γ · penalised + (1 − γ) · refitted`. The strength and γ are chosen together by
/// cross-validation, selection and refit repeated in every fold. γ = 1 is the lasso itself. A support whose refit has
/// no certified optimum (separated outcomes) keeps its penalised fit. Source: Meinshausen (2007), Comput. Stat. Data
/// Anal. 52(1); Hastie, Tibshirani, Tibshirani (2020), Stat. Sci. 35(4).
public struct RelaxedLogisticRegression: Learner {
  public var path: LogisticRegressionPath
  /// The γ to try, in `0...1`.
  public var blends: [Double]
  public var folds: FoldAssignment
  public var loss: ValidationLoss
  public var threadCount: Int

  public init(
    path: LogisticRegressionPath = LogisticRegressionPath(shape: PenaltyShape(l1Ratio: 1)),
    blends: [Double] = [0, 0.25, 0.5, 0.75, 1], folds: FoldAssignment = .random(), loss: ValidationLoss = .deviance,
    threadCount: Int = Parallel.defaultThreadCount
  ) {
    self.path = path
    self.blends = blends
    self.folds = folds
    self.loss = loss
    self.threadCount = threadCount
  }

  /// - Throws: As ``CrossValidatedLogisticRegression/fit(_:)``.
  public func fit(_ dataset: Dataset) throws(TrainingError) -> RelaxedLogisticRegressionModel {
    guard !blends.isEmpty, blends.allSatisfy({ $0 >= 0 && $0 <= 1 }) else {
      throw .invalidParameter(name: "blends", value: "\(blends)", expected: "numbers in 0...1")
    }
    let draws = try folds.resolved(targets: dataset.targets)
    let full = try path.fit(dataset).models
    let strengths = full.map { $0.penaltyStrength! }
    let results = try mapFolds(draws, threadCount: threadCount) {
      (folds, fold) throws(TrainingError) -> [FoldResult]? in
      let held = folds.indices.filter { folds[$0] == fold && dataset.weights[$0] > 0 }
      guard !held.isEmpty else { return nil }
      let kept = folds.indices.map { folds[$0] == fold ? 0 : dataset.weights[$0] }
      let models = try path.fit(OneHotDataset(dataset), weights: kept, strengths: strengths).models
      let refits = try refitted(models, dataset, weights: kept)
      let rows = dataset.selectingRows(held)
      return blends.map { blend in
        FoldResult(
          weight: rows.weights.reduce(0, +),
          losses: models.indices.map { index in
            var scores = blended(models[index], refits[index], blend).logOdds(for: rows.matrix)
            if let offsets = rows.offsets { for i in scores.indices { scores[i] += offsets[i] } }
            return loss.mean(logOdds: scores, targets: rows.targets, weights: rows.weights)
          })
      }
    }
    let curves = blends.indices.map { index in
      ValidationCurve(loss: loss, strengths: strengths, repeats: results.map { $0.map { $0[index] } })
    }
    guard curves.allSatisfy({ !$0.means.isEmpty }) else {
      throw .invalidParameter(
        name: "strengths", value: "\(strengths)", expected: "strengths at which every fold can be certified")
    }
    // Among equals the blend that stands first.
    var best = 0
    for index in curves.indices
    where curves[index].means[curves[index].minimumIndex] < curves[best].means[curves[best].minimumIndex] {
      best = index
    }
    let chosen = full[curves[best].minimumIndex]
    let refit = try refitted([chosen], dataset, weights: dataset.weights)[0]
    return RelaxedLogisticRegressionModel(
      model: blended(chosen, refit, blends[best]), penalized: chosen, refitted: refit, blend: blends[best],
      blends: blends, curves: curves)
  }

  /// Each model fitted again without a penalty on its own features; equal supports are fitted once.
  private func refitted(
    _ models: [LogisticRegressionModel], _ dataset: Dataset, weights: [Double]
  ) throws(TrainingError) -> [LogisticRegressionModel] {
    var known: [[Bool]: LogisticRegressionModel] = [:]
    var result: [LogisticRegressionModel] = []
    for model in models {
      let support = model.coefficients.map { $0 != 0 }
      if let refit = known[support] {
        result.append(refit)
        continue
      }
      let penalty = ElasticNetPenalty(
        strength: 0, lowerBounds: support.indices.map { support[$0] ? path.shape.lower($0) : 0 },
        upperBounds: support.indices.map { support[$0] ? path.shape.upper($0) : 0 })
      let refit = try LogisticRegression(
        penalty: penalty, standardizesFeatures: path.standardizesFeatures, tolerance: path.tolerance
      ).fit(OneHotDataset(dataset), weights: weights, startingFrom: model)
      let isUsable = refit.record!.isCertified && refit.coefficients.allSatisfy { $0.isFinite }
      known[support] = isUsable ? refit : model
      result.append(isUsable ? refit : model)
    }
    return result
  }

  private func blended(
    _ penalized: LogisticRegressionModel, _ refitted: LogisticRegressionModel, _ blend: Double
  ) -> LogisticRegressionModel {
    LogisticRegressionModel(
      features: penalized.features, intercept: blend * penalized.intercept + (1 - blend) * refitted.intercept,
      coefficients: zip(penalized.coefficients, refitted.coefficients).map { blend * $0 + (1 - blend) * $1 },
      penaltyStrength: penalized.penaltyStrength, record: nil)
  }
}

/// A blend of a penalised fit and its unpenalised refit.
public struct RelaxedLogisticRegressionModel: BinaryClassifier, Equatable {
  /// The blend itself. It is not the optimum of one objective, so it has no record; its two parts have.
  public let model: LogisticRegressionModel
  public let penalized: LogisticRegressionModel
  public let refitted: LogisticRegressionModel
  /// The γ that was chosen.
  public let blend: Double
  public let blends: [Double]
  /// One per blend, in the order of `blends`.
  public let curves: [ValidationCurve]

  public var features: [Feature] { model.features }

  public func logOdds(for matrix: Matrix) -> [Double] { model.logOdds(for: matrix) }
}
