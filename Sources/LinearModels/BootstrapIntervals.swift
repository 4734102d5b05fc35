import StatisticalLearning

/// Percentile intervals of the coefficients of a penalised fit, from bootstrap replicates of the whole fit.
///
/// Rows, or whole clusters of them, are drawn with replacement; the learner is fitted to every draw, its strength chosen
/// anew where it chooses one; the interval of a coefficient runs between the percentiles of what came out.
///
/// **What it is not.** A penalty moves coefficients toward zero on purpose, so the interval shows how far the *fit* would
/// move with other firms of the same kind; it does not hold the coefficient of an unpenalised model, or a true value,
/// with the stated probability. A lasso coefficient may have an interval of exactly zero width at zero. For confidence
/// intervals fit without a penalty: ``LogisticInference``. Source: Efron and Tibshirani (1993), ch. 13; Chatterjee and
/// Lahiri (2011), J. Am. Stat. Assoc. 106(494).
public struct BootstrapIntervals<Fitter: BatchFitter>: Sendable {
  public var fitter: Fitter
  public var replicateCount: Int
  public var seed: UInt64
  /// The share of replicates inside the interval.
  public var level: Double
  public var threadCount: Int

  public init(
    _ fitter: Fitter, replicateCount: Int = 500, seed: UInt64 = 0, level: Double = 0.95,
    threadCount: Int = Parallel.defaultThreadCount
  ) {
    self.fitter = fitter
    self.replicateCount = replicateCount
    self.seed = seed
    self.level = level
    self.threadCount = threadCount
  }

  /// - Parameter clusters: One number per row; rows of one cluster are drawn together. `nil` draws rows.
  /// - Throws: As the learner, of the fit to all rows; `.invalidParameter`. Replicates that can't be fitted (a draw
  ///   with one outcome only) are counted, not thrown.
  public func fit(_ dataset: Dataset, clusters: [Int]? = nil) throws(TrainingError) -> BootstrapIntervalsResult {
    guard level > 0, level < 1 else {
      throw .invalidParameter(name: "level", value: "\(level)", expected: "a number between 0 and 1")
    }
    guard replicateCount >= 2 else {
      throw .invalidParameter(name: "replicateCount", value: "\(replicateCount)", expected: "at least 2")
    }
    let clusters = clusters ?? Array(0..<dataset.rowCount)
    guard clusters.count == dataset.rowCount else {
      throw .invalidParameter(
        name: "clusters", value: "\(clusters.count) values", expected: "\(dataset.rowCount), one per row")
    }
    let distinct = Set(clusters).sorted()
    let rank = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
    let weights = (0..<replicateCount).map { replicate -> [Double] in
      var generator = CounterBasedGenerator(seed: seed, purpose: "bootstrap", index: replicate)
      let counts = generator.bootstrapCounts(distinct.count)
      return clusters.map { Double(counts[rank[$0]!]) }
    }
    let all = [Double](repeating: 1, count: dataset.rowCount)
    let batch: FitBatch
    do {
      batch = try FitBatch(dataset, replicateWeights: [all] + weights)
    } catch {
      throw .invalidParameter(name: "dataset", value: "\(error)", expected: "usable weights")
    }
    let fits = fitter.fitReplicates(batch, threadCount: threadCount)[0]
    let estimate = try fits[0].get()
    let replicates = fits.dropFirst().compactMap { try? $0.get() }
    guard replicates.count >= 2 else {
      throw .invalidParameter(
        name: "replicateCount", value: "\(replicates.count) that could be fitted", expected: "at least 2")
    }
    let terms = (0...dataset.featureCount).map { k -> BootstrapIntervalsResult.Term in
      func value(_ model: LogisticRegressionModel) -> Double { k == 0 ? model.intercept : model.coefficients[k - 1] }
      let values = replicates.map(value).sorted()
      let count = Double(values.count)
      return BootstrapIntervalsResult.Term(
        name: k == 0 ? "(intercept)" : dataset.features[k - 1].name, estimate: value(estimate),
        interval: quantile(values, (1 - level) / 2)...quantile(values, (1 + level) / 2),
        positiveShare: Double(values.count { $0 > 0 }) / count, negativeShare: Double(values.count { $0 < 0 }) / count)
    }
    return BootstrapIntervalsResult(
      model: estimate, terms: terms, level: level, replicateCount: replicates.count,
      failedReplicateCount: replicateCount - replicates.count)
  }

  /// Linear interpolation between the order statistics (the default of R and numpy).
  private func quantile(_ sorted: [Double], _ probability: Double) -> Double {
    let position = probability * Double(sorted.count - 1)
    let index = min(Int(position), sorted.count - 2)
    let share = position - Double(index)
    return sorted[index] + share * (sorted[index + 1] - sorted[index])
  }
}

/// A fit to all rows and the spread of its coefficients over bootstrap replicates.
public struct BootstrapIntervalsResult: Sendable, Equatable {
  public struct Term: Sendable, Equatable {
    public let name: String
    /// Of the fit to all rows.
    public let estimate: Double
    /// Between percentiles of the replicates: the spread of a deliberately biased estimator, not a confidence interval.
    public let interval: ClosedRange<Double>
    /// The share of replicates in which the coefficient is above zero.
    public let positiveShare: Double
    /// The share of replicates in which it is below zero; both together are the share in which it was selected.
    public let negativeShare: Double
  }

  public let model: LogisticRegressionModel
  /// The intercept first, then one per feature.
  public let terms: [Term]
  public let level: Double
  /// The replicates that the percentiles rest on.
  public let replicateCount: Int
  /// Those that could not be fitted.
  public let failedReplicateCount: Int
}

/// A learner of a binary outcome that fits whole batches.
public protocol BatchFitter: Sendable {
  /// `[outcome][replicate]`.
  func fitReplicates(
    _ batch: FitBatch, threadCount: Int
  ) -> [[Result<LogisticRegressionModel, TrainingError>]]
}

extension LogisticRegression: BatchFitter {
  public func fitReplicates(
    _ batch: FitBatch, threadCount: Int
  ) -> [[Result<LogisticRegressionModel, TrainingError>]] {
    fit(batch, threadCount: threadCount)
  }
}

extension CrossValidatedLogisticRegression: BatchFitter {
  public func fitReplicates(
    _ batch: FitBatch, threadCount: Int
  ) -> [[Result<LogisticRegressionModel, TrainingError>]] {
    fit(batch, threadCount: threadCount).map { $0.map { $0.map(\.model) } }
  }
}
