import Foundation
import StatisticalLearning

extension BenchmarkRun {
  /// The fits of one candidate on one outcome.
  struct Evidence {
    /// Per split: the predictions of its known test rows; `nil` when none is known.
    var splits: [OutcomePredictions?]
    /// Per repeat: all tested rows with a known outcome, and the predictions for them, in the order of rows.
    var repeats: [(rows: [Int], predictions: OutcomePredictions)]
  }

  /// The ratio of test rows to training rows, averaged over splits.
  var testToTrainingRatio: Double {
    let ratios = folds.splits.map { Double($0.testRows.count) / Double($0.trainingRows.count) }
    return ratios.reduce(0, +) / Double(max(ratios.count, 1))
  }

  /// Whether folds are draws from one population, so that their spread is that of an estimate. Countries left out one at a
  /// time, or blocks of time, are not.
  var foldsAreExchangeable: Bool { folds.trainingRule == .otherFolds && folds.foldNames.isEmpty }

  func summary(of fits: [FitResult]) -> BenchmarkResult {
    var notes: [String] = []
    let splits = folds.splits
    let omitted = folds.repeatCount * folds.foldCount - splits.count
    if omitted > 0 && folds.trainingRule == .otherFolds {
      notes.append("\(omitted) folds had no row to train on or to test, and were left out.")
    }
    let referenceIndex = candidates.firstIndex { $0.name == reference } ?? 0
    let failures = candidates.indices.map { index in
      fits.first { $0.task.candidate == index && $0.failure != nil }?.failure
    }
    for (candidate, failure) in zip(candidates, failures) {
      if let failure { notes.append("\(candidate.name) has no results: \(failure)") }
    }
    if !foldsAreExchangeable, outcomes.contains(where: { $0.kind == .binary }) {
      notes.append(
        "AUC is measured within each \(folds.foldNames.isEmpty ? "block" : "group") and averaged by number of firms; "
          + "calibration intercepts of each one say how far its level is off.")
    }
    let indices = outcomes.indices
    let results = Parallel.map(count: indices.count, threadCount: threadCount) { outcome in
      summary(ofOutcome: outcome, fits: fits, failures: failures, referenceIndex: referenceIndex)
    }
    for result in results where result.rowCount == 0 {
      notes.append("No tested row has a known '\(result.name)'.")
    }
    return BenchmarkResult(
      title: title, settings: settings, notes: notes, rowCount: folds.rowCount,
      protocolDescription: protocolDescription, level: level, outcomes: results)
  }

  /// How rows are split, in words.
  var protocolDescription: String {
    if folds.trainingRule == .earlierFolds {
      return "\(folds.foldCount - 1) blocks in order of time, each tested by a model of all earlier ones"
    }
    if !folds.foldNames.isEmpty {
      return "each of \(folds.foldCount) groups left out once: \(folds.foldNames.joined(separator: ", "))"
    }
    return folds.repeatCount == 1
      ? "\(folds.foldCount)-fold cross-validation"
      : "\(folds.foldCount)-fold cross-validation, repeated \(folds.repeatCount) times"
  }

  private func summary(
    ofOutcome outcome: Int, fits: [FitResult], failures: [String?], referenceIndex: Int
  ) -> BenchmarkResult.Outcome {
    let all = candidates.indices.map { candidate in
      failures[candidate] == nil ? evidence(fits, candidate: candidate, outcome: outcome, share: nil) : nil
    }
    let scored = Set(folds.splits.flatMap(\.testRows)).sorted().filter { isScored($0, outcome) }
    let values = outcomes[outcome].values
    let total = scored.reduce(0) { $0 + (weights?[$1] ?? 1) }
    let baseRate = total > 0 ? scored.reduce(0) { $0 + (weights?[$1] ?? 1) * values[$1] } / total : 0
    var differences: [BenchmarkResult.Difference] = []
    if !scored.isEmpty, let reference = all[referenceIndex] {
      for candidate in candidates.indices where candidate != referenceIndex {
        guard let own = all[candidate] else { continue }
        for metric in BenchmarkMetric.compared(for: outcomes[outcome].kind) {
          if let difference = difference(own, reference, metric, candidate, referenceIndex) {
            differences.append(difference)
          }
        }
      }
    }
    return BenchmarkResult.Outcome(
      name: outcomes[outcome].name, kind: outcomes[outcome].kind, rowCount: scored.count, baseRate: baseRate,
      candidates: candidates.indices.map { index in
        summary(
          ofCandidate: index, outcome: outcome, scored.isEmpty ? nil : all[index], fits: fits,
          failure: failures[index])
      }, differences: differences,
      contrasts: contrasts.flatMap { pair -> [BenchmarkResult.Difference] in
        guard let candidate = candidates.firstIndex(where: { $0.name == pair.candidate }),
          let reference = candidates.firstIndex(where: { $0.name == pair.reference }), !scored.isEmpty,
          let own = all[candidate], let other = all[reference]
        else { return [] }
        return BenchmarkMetric.compared(for: outcomes[outcome].kind).compactMap {
          difference(own, other, $0, candidate, reference)
        }
      }, ceilings: outcomes[outcome].kind == .binary ? Self.ceilings(baseRate: baseRate) : [])
  }

  private static func ceilings(baseRate: Double) -> [BenchmarkResult.Ceiling] {
    [0.02, 0.05, 0.1].compactMap { share in
      LabelNoise.areaCeiling(reportedRate: baseRate, falsePositiveRate: share, falseNegativeRate: share)
        .map { BenchmarkResult.Ceiling(misreportedShare: share, area: $0) }
    }
  }

  private func isScored(_ row: Int, _ outcome: Int) -> Bool {
    !outcomes[outcome].values[row].isNaN && (weights?[row] ?? 1) > 0
  }

  /// Predictions, by split and by repeat.
  func evidence(_ fits: [FitResult], candidate: Int, outcome: Int, share: Int?) -> Evidence {
    var evidence = Evidence(splits: [], repeats: [])
    var byRepeat: [Int: [Prediction]] = [:]
    for fit in fits where fit.task.candidate == candidate && fit.task.share == share {
      let distributions = fit.distributions[outcome]
      let own = fit.task.split.testRows.enumerated().filter { isScored($0.element, outcome) }.map { place, row in
        Prediction(row: row, value: fit.values[outcome][place], distribution: distributions?[place] ?? [])
      }
      evidence.splits.append(predictions(own, outcome))
      byRepeat[fit.task.split.repeatIndex, default: []] += own
    }
    for (_, own) in byRepeat.sorted(by: { $0.key < $1.key }) {
      let sorted = own.sorted { $0.row < $1.row }
      if let all = predictions(sorted, outcome) { evidence.repeats.append((sorted.map(\.row), all)) }
    }
    return evidence
  }

  /// What a candidate says of one row.
  private struct Prediction {
    var row: Int
    var value: Double
    /// The chance of every level of an ordered outcome; empty for another kind.
    var distribution: [Double]
  }

  private func predictions(_ own: [Prediction], _ outcome: Int) -> OutcomePredictions? {
    let (rows, values) = (own.map(\.row), own.map(\.value))
    let targets = rows.map { outcomes[outcome].values[$0] }
    let rowWeights = weights.map { weights in rows.map { weights[$0] } }
    // Rows, values and weights were checked at the door: the only failure left is that there is no row.
    switch outcomes[outcome].kind {
    case .binary:
      return (try? BinaryPredictions(logOdds: values, outcomes: targets, weights: rowWeights)).map { .binary($0) }
    case .continuous:
      return (try? ContinuousPredictions(values: values, outcomes: targets, weights: rowWeights))
        .map { .continuous($0) }
    case .ordered:
      let chances = Matrix(
        rowCount: own.count, columnCount: outcomes[outcome].levelCount, layout: .rowMajor,
        elements: own.flatMap(\.distribution))
      guard let score = try? ContinuousPredictions(values: values, outcomes: targets, weights: rowWeights),
        let levels = try? ClassPredictions(
          probabilities: chances, outcomes: targets.map { Int($0) }, weights: rowWeights)
      else { return nil }
      return .ordered(score, levels)
    }
  }

  func clusters(of rows: [Int]) -> [Int]? { clusters.map { clusters in rows.map { clusters[$0] } } }

  private func difference(
    _ own: Evidence, _ reference: Evidence, _ metric: BenchmarkMetric, _ candidate: Int, _ referenceIndex: Int
  ) -> BenchmarkResult.Difference? {
    let pairs = zip(own.splits, reference.splits).map { own, reference in
      (own.flatMap { metric.value(of: $0) }, reference.flatMap { metric.value(of: $0) })
    }
    let differences = pairs.compactMap { own, reference -> Double? in
      guard let own, let reference, own.isFinite, reference.isFinite else { return nil }
      return own - reference
    }
    let isHigherBetter = metric.isHigherBetter ?? true
    var interval: IntervalEstimate?
    if foldsAreExchangeable {
      interval = ResampledEstimate.correctedInterval(
        differences, testToTrainingRatio: testToTrainingRatio, level: level)
    } else {
      // Over rows: contributions of the two candidates, row by row.
      interval = pooledInterval(own, metric, minus: reference)
    }
    guard let interval, interval.standardError.isFinite else { return nil }
    return BenchmarkResult.Difference(
      candidate: candidates[candidate].name, reference: candidates[referenceIndex].name, metric: metric,
      interval: interval, pValue: interval.pValue(),
      foldsWon: differences.count { isHigherBetter ? $0 > 0 : $0 < 0 }, foldsCompared: differences.count)
  }

  /// The interval over rows: contributions are averaged over repeats, so that repeating does not pretend to add firms.
  func pooledInterval(
    _ evidence: Evidence, _ metric: BenchmarkMetric, minus reference: Evidence? = nil
  ) -> IntervalEstimate? {
    var parts: [InfluenceEstimate] = []
    for (index, part) in evidence.repeats.enumerated() {
      guard var influence = influence(metric, part, repeatIndex: index) else { return nil }
      if let reference {
        guard index < reference.repeats.count,
          let other = self.influence(metric, reference.repeats[index], repeatIndex: index)
        else { return nil }
        influence = influence.minus(other)
      }
      parts.append(influence)
    }
    guard let first = parts.first, parts.allSatisfy({ $0.contributions.count == first.contributions.count }) else {
      return nil
    }
    let count = Double(parts.count)
    let mean = InfluenceEstimate(
      value: parts.reduce(0) { $0 + $1.value } / count,
      contributions: first.contributions.indices.map { row in
        parts.reduce(0) { $0 + $1.contributions[row] } / count
      }, weights: first.weights)
    let interval = mean.interval(level: level, clusters: clusters(of: evidence.repeats[0].rows))
    return interval.standardError.isFinite && interval.value.isFinite ? interval : nil
  }

  /// The value over the rows of a repeat with each row's contribution.
  ///
  /// Where folds are groups or blocks of time, the AUC is the mean of those within them, by their weight: the scores of one
  /// fold's model are not ranked against those of another's, whose base rate was that of other groups.
  private func influence(
    _ metric: BenchmarkMetric, _ part: (rows: [Int], predictions: OutcomePredictions), repeatIndex: Int
  ) -> InfluenceEstimate? {
    guard metric == .auc, !foldsAreExchangeable, case .binary(let all) = part.predictions else {
      return metric.influence(of: part.predictions)
    }
    let byFold = Dictionary(grouping: part.rows.indices) { folds.foldIDs[repeatIndex][part.rows[$0]] }
    var contributions = [Double](repeating: 0, count: part.rows.count)
    var sum = 0.0
    var total = 0.0
    for (_, places) in byFold.sorted(by: { $0.key < $1.key }) {
      let own = all.selectingRows(places)
      guard let influence = own.areaUnderROCInfluence() else { continue }
      let weight = own.totalWeight
      sum += weight * influence.value
      total += weight
      for (place, contribution) in zip(places, influence.contributions) {
        contributions[place] = weight * contribution
      }
    }
    guard total > 0 else { return nil }
    return InfluenceEstimate(
      value: sum / total, contributions: contributions.map { $0 / total }, weights: all.weights)
  }
}
