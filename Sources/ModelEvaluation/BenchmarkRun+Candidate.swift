import Foundation
import StatisticalLearning

extension BenchmarkRun {
  func summary(
    ofCandidate candidate: Int, outcome: Int, _ evidence: Evidence?, fits: [FitResult], failure: String?
  ) -> BenchmarkResult.Candidate {
    var result = BenchmarkResult.Candidate(
      name: candidates[candidate].name, failure: failure, metrics: [], calibration: [], rocCurve: [],
      decisionCurve: [], groups: [], learningCurve: nil, permutationPValue: nil, conformal: nil, bootstrap: [])
    guard let evidence, !evidence.repeats.isEmpty else { return result }
    result.metrics = BenchmarkMetric.all(for: outcomes[outcome].kind).compactMap { metric($0, evidence) }
    if let (stacked, firms) = stackedRepeats(evidence) {
      result.calibration = stacked.calibrationCurve(level: level, clusters: firms)
      result.rocCurve = stacked.rocCurve(maximumCount: 200)
      result.decisionCurve = stacked.decisionCurve(thresholds: thresholds, level: level, clusters: firms)
    }
    result.groups = groupings.flatMap { groups($0, evidence) }
    if !learningCurveShares.isEmpty {
      result.learningCurve = learningCurve(fits, candidate: candidate, outcome: outcome)
    }
    if foldsAreExchangeable, ranksFirms(evidence) { result.conformal = conformalCoverage(evidence) }
    if permutationCount > 0 { result.permutationPValue = permutationPValue(evidence, outcome: outcome) }
    return result
  }

  /// Whether predictions differ within some fold.
  private func ranksFirms(_ evidence: Evidence) -> Bool {
    evidence.splits.contains { split in
      switch split {
      case .binary(let p)?: p.logOdds.contains { $0 != p.logOdds[0] }
      case .continuous(let p)?, .ordered(let p, _)?: p.values.contains { $0 != p.values[0] }
      case nil: false
      }
    }
  }

  /// The repeats one after the other, each row with its share of the weight, and the firm of each: for curves.
  private func stackedRepeats(_ evidence: Evidence) -> (BinaryPredictions, [Int])? {
    var logOdds: [Double] = []
    var targets: [Double] = []
    var rowWeights: [Double] = []
    var firms: [Int] = []
    for part in evidence.repeats {
      guard case .binary(let p) = part.predictions else { return nil }
      logOdds += p.logOdds
      targets += p.outcomes
      rowWeights += p.weights.map { $0 / Double(evidence.repeats.count) }
      firms += clusters(of: part.rows) ?? part.rows
    }
    // Made of valid predictions.
    guard let stacked = try? BinaryPredictions(logOdds: logOdds, outcomes: targets, weights: rowWeights) else {
      return nil
    }
    return (stacked, firms)
  }

  private func metric(_ metric: BenchmarkMetric, _ evidence: Evidence) -> BenchmarkResult.Metric? {
    if metric.isFoldwise, foldsAreExchangeable {
      let foldValues = evidence.splits.map { $0.flatMap { metric.value(of: $0) } }
      let defined = foldValues.compactMap { $0 }
      // A metric that most folds do not define (an AUC when one row is left out) is computed over all rows instead.
      if defined.count * 2 > foldValues.count {
        var interval = ResampledEstimate.correctedInterval(
          defined, testToTrainingRatio: testToTrainingRatio, level: level)
        // An area is skewed near 1, the more so the fewer the firms; and it can't be surer than the same predictions would
        // be were the models fixed, which a few folds of few firms at times make it look.
        if metric == .auc, let plain = interval {
          interval = IntervalEstimate(
            proportion: plain.value,
            standardError: max(plain.standardError, pooledInterval(evidence, metric)?.standardError ?? 0), level: level,
            degreesOfFreedom: plain.degreesOfFreedom)
        }
        return .init(
          metric: metric, value: defined.reduce(0, +) / Double(defined.count), interval: interval,
          method: .correctedResampling, foldValues: foldValues)
      }
    }
    if let interval = pooledInterval(evidence, metric) {
      return .init(metric: metric, value: interval.value, interval: interval, method: .pooledRows, foldValues: [])
    }
    // Of a candidate that tells no firm from another, folds alone would make the slope.
    if metric == .calibrationSlope, !ranksFirms(evidence) { return nil }
    if metric == .calibrationSlope || metric == .calibrationInTheLarge, let (p, firms) = stackedRepeats(evidence) {
      guard let interval = recalibration(metric, p, firms) else { return nil }
      return .init(metric: metric, value: interval.value, interval: interval, method: .pooledRows, foldValues: [])
    }
    let values = evidence.repeats.compactMap { metric.value(of: $0.predictions) }
    guard !values.isEmpty else { return nil }
    return .init(
      metric: metric, value: values.reduce(0, +) / Double(values.count), interval: nil, method: .pointOnly,
      foldValues: [])
  }

  /// Slope or intercept of recalibration, with standard errors that count a firm once however often it was predicted.
  private func recalibration(
    _ metric: BenchmarkMetric, _ p: BinaryPredictions, _ firms: [Int]
  ) -> IntervalEstimate? {
    if metric == .calibrationSlope {
      guard let line = p.calibrationLine(clusters: firms) else { return nil }
      return IntervalEstimate(value: line.slope, standardError: line.slopeStandardError, level: level)
    }
    guard let large = p.calibrationInTheLarge(clusters: firms) else { return nil }
    return IntervalEstimate(value: large.intercept, standardError: large.standardError, level: level)
  }

  private func groups(_ grouping: Grouping, _ evidence: Evidence) -> [BenchmarkResult.Group] {
    let names = Set(evidence.repeats.flatMap { $0.rows.map { grouping.labels[$0] } }).sorted()
    return names.compactMap { name in
      var part = Evidence(splits: [], repeats: [])
      for all in evidence.repeats {
        let places = all.rows.indices.filter { grouping.labels[all.rows[$0]] == name }
        part.repeats.append((places.map { all.rows[$0] }, all.predictions.selectingRows(places)))
      }
      guard let first = part.repeats.first else { return nil }
      switch first.predictions {
      case .binary(let p):
        let losses = part.repeats.compactMap { BenchmarkMetric.logLoss.value(of: $0.predictions) }
        let large = stackedRepeats(part).flatMap { recalibration(.calibrationInTheLarge, $0.0, $0.1) }
        let area = pooledInterval(part, .auc).map { interval in
          interval.value > 0 && interval.value < 1
            ? IntervalEstimate(proportion: interval.value, standardError: interval.standardError, level: level)
            : p.areaUnderROCInterval(level: level) ?? interval
        }
        return .init(
          column: grouping.column, name: name, rowCount: p.rowCount, baseRate: p.baseRate, discrimination: area,
          loss: losses.reduce(0, +) / Double(losses.count), calibrationInTheLarge: large)
      case .continuous(let p), .ordered(let p, _):
        let errors = part.repeats.compactMap { BenchmarkMetric.rootMeanSquaredError.value(of: $0.predictions) }
        let explained = part.repeats.compactMap { BenchmarkMetric.rSquared.value(of: $0.predictions) }
        let mean = explained.isEmpty ? nil : explained.reduce(0, +) / Double(explained.count)
        return .init(
          column: grouping.column, name: name, rowCount: p.rowCount, baseRate: p.meanOutcome,
          discrimination: mean.map { IntervalEstimate(value: $0, standardError: 0, level: level) },
          loss: errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count), calibrationInTheLarge: nil)
      }
    }
  }

  private func learningCurve(
    _ fits: [FitResult], candidate: Int, outcome: Int
  ) -> BenchmarkResult.LearningCurve? {
    let metric: BenchmarkMetric = outcomes[outcome].kind == .binary ? .auc : .rSquared
    var points: [BenchmarkResult.LearningCurve.Point] = []
    for share in learningCurveShares.indices.map(Optional.some) + [nil] {
      let own = fits.filter {
        $0.task.candidate == candidate && $0.task.share == share
          && $0.task.split.repeatIndex < learningCurveRepeatCount
      }
      let values = evidence(own, candidate: candidate, outcome: outcome, share: share).splits
        .compactMap { $0.flatMap { metric.value(of: $0) } }
      let trained = own.reduce(0) { $0 + Double($1.task.split.trainingRows.count) } / Double(max(own.count, 1))
      let tested = own.reduce(0) { $0 + Double($1.task.split.testRows.count) } / Double(max(own.count, 1))
      let interval = ResampledEstimate.correctedInterval(
        values, testToTrainingRatio: tested / trained, level: level)
      if let interval { points.append(.init(trainingRowCount: trained, value: interval)) }
    }
    guard let last = points.last else { return nil }
    let fit = InversePowerLaw(counts: points.map(\.trainingRowCount), values: points.map(\.value.value))
    // The variance of a mean over firms falls as one over their number: half the width takes four times the firms.
    let rowCount = Double(folds.rowCount)
    return .init(
      metric: metric, points: points, fit: fit,
      rowCountToHalveInterval: last.value.standardError > 0 ? 4 * rowCount : nil)
  }

  private func conformalCoverage(_ evidence: Evidence) -> ConformalCoverage? {
    let parts = evidence.repeats.enumerated().compactMap { index, part -> ConformalCoverage? in
      guard case .binary(let p) = part.predictions, p.hasBothClasses else { return nil }
      return ConformalCoverage(
        of: p, folds: part.rows.map { folds.foldIDs[index][$0] }, level: conformalLevel)
    }
    guard var mean = parts.first else { return nil }
    let count = Double(parts.count)
    mean.coverage = parts.reduce(0) { $0 + $1.coverage } / count
    mean.decidedShare = parts.reduce(0) { $0 + $1.decidedShare } / count
    mean.coverageByOutcome = [0, 1].map { outcome in
      let values = parts.compactMap { $0.coverageByOutcome[outcome] }
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    return mean
  }

  /// Over the first repeat: outcomes are shuffled against the predictions.
  private func permutationPValue(_ evidence: Evidence, outcome: Int) -> Double? {
    switch evidence.repeats.first?.predictions {
    case .binary(let p)?:
      // Groups and blocks of time differ in level; outcomes are exchanged within them only.
      let strata = foldsAreExchangeable ? nil : evidence.repeats[0].rows.map { folds.foldIDs[0][$0] }
      return PermutationTest.areaUnderROC(p, strata: strata, replicateCount: permutationCount, seed: seed)
    case .continuous(let p)?, .ordered(let p, _)?:
      guard let observed = p.rSquared else { return nil }
      return PermutationTest.pValue(replicateCount: permutationCount, seed: seed, observed: observed) { generator in
        var order = Array(0..<p.rowCount)
        generator.shuffle(&order)
        let shuffled = try? ContinuousPredictions(
          values: p.values, outcomes: order.map { p.outcomes[$0] }, weights: order.map { p.weights[$0] })
        return shuffled?.rSquared ?? .nan
      }
    case nil: return nil
    }
  }
}
