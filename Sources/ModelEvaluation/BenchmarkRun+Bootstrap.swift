import StatisticalLearning

extension BenchmarkRun {
  /// Metrics of one fit on rows, in the order of ``BenchmarkMetric/compared(for:)``.
  private typealias Values = [Double?]

  /// One replicate of one candidate on one outcome.
  private struct Replicate: Sendable {
    var onSample: Values
    var onAll: Values
    var outside: Values
  }

  /// Bootstrap validation of every candidate on every outcome: all candidates are fitted on the same samples of firms
  /// (clusters drawn whole), the first of which is all firms once.
  ///
  /// - Returns: `[outcome][candidate]`, empty for a candidate that failed on some sample.
  func resampled(_ counter: FitCounter) -> [[[BenchmarkResult.BootstrapEstimate]]] {
    let rows = (0..<folds.rowCount).filter { (weights?[$0] ?? 1) > 0 }
    let own = weights ?? [Double](repeating: 1, count: folds.rowCount)
    let samples = Parallel.map(count: bootstrapCount + 1, threadCount: threadCount) { index in
      let counts =
        index == 0
        ? [Int](repeating: 1, count: own.count)
        : BootstrapSample.counts(
          rowCount: own.count, clusters: clusters, weights: own, replicate: index - 1, seed: seed)
      let drawn = rows.filter { counts[$0] > 0 }
      let split = FoldAssignment.Split(
        repeatIndex: folds.repeatCount, fold: index, trainingRows: drawn, testRows: rows,
        trainingCounts: drawn.map { counts[$0] })
      let workspace = SplitWorkspace()
      return candidates.map { candidate -> [[Double]]? in
        defer { counter.advance(candidate.name) }
        let seed = splitSeed(seed, candidate: candidate.name, split: index, purpose: "bootstrap candidate")
        let values = try? candidate.fit(split, seed, workspace)(rows)
        return values?.count == outcomes.count && values!.allSatisfy { $0.count == rows.count } ? values : nil
      }
    }
    let sampleCounts = (0...bootstrapCount).map { index in
      index == 0
        ? [Int](repeating: 1, count: own.count)
        : BootstrapSample.counts(
          rowCount: own.count, clusters: clusters, weights: own, replicate: index - 1, seed: seed)
    }
    return outcomes.indices.map { outcome in
      Parallel.map(count: candidates.count, threadCount: threadCount) { candidate in
        estimates(
          samples.map { $0[candidate]?[outcome] }, counts: sampleCounts, rows: rows, own: own, outcome: outcome)
      }
    }
  }

  private func estimates(
    _ predictions: [[Double]?], counts: [[Int]], rows: [Int], own: [Double], outcome: Int
  ) -> [BenchmarkResult.BootstrapEstimate] {
    guard predictions.allSatisfy({ $0 != nil }), let whole = predictions[0] else { return [] }
    // The chance of levels would need firms that no sample holds.
    let kind = outcomes[outcome].kind
    let metrics = BenchmarkMetric.compared(for: kind == .ordered ? .continuous : kind)
    let known = rows.indices.filter { !outcomes[outcome].values[rows[$0]].isNaN }
    func values(_ scores: [Double], _ places: [Int], _ weight: (Int) -> Double) -> Values {
      let targets = places.map { outcomes[outcome].values[rows[$0]] }
      let weights = places.map { weight(rows[$0]) }
      let scores = places.map { scores[$0] }
      let all: OutcomePredictions? =
        switch outcomes[outcome].kind {
        case .binary:
          (try? BinaryPredictions(logOdds: scores, outcomes: targets, weights: weights)).map { .binary($0) }
        case .continuous, .ordered:
          (try? ContinuousPredictions(values: scores, outcomes: targets, weights: weights)).map { .continuous($0) }
        }
      return metrics.map { metric in all.flatMap { metric.value(of: $0) } }
    }
    let apparent = values(whole, known) { own[$0] }
    let replicates = predictions.indices.dropFirst().map { index -> Replicate in
      let scores = predictions[index]!
      let drawn = known.filter { counts[index][rows[$0]] > 0 }
      let outside = known.filter { counts[index][rows[$0]] == 0 }
      return Replicate(
        onSample: values(scores, drawn) { own[$0] * Double(counts[index][$0]) },
        onAll: values(scores, known) { own[$0] }, outside: values(scores, outside) { own[$0] })
    }
    // Predictions shifted against the outcomes: what they are worth when the two are unrelated.
    let shiftCount = min(known.count, 50)
    let unrelated = (0..<shiftCount).map { number -> Values in
      let shift = number * known.count / shiftCount
      var moved = whole
      for (place, index) in known.enumerated() { moved[index] = whole[known[(place + shift) % known.count]] }
      return values(moved, known) { own[$0] }
    }
    return metrics.indices.compactMap { metric in
      let defined = replicates.compactMap { part -> (optimism: Double, outside: Double)? in
        guard let sample = part.onSample[metric], let all = part.onAll[metric], let outside = part.outside[metric]
        else { return nil }
        return (sample - all, outside)
      }
      let chance = unrelated.compactMap { $0[metric] }
      guard let apparent = apparent[metric], !defined.isEmpty, !chance.isEmpty else { return nil }
      let count = Double(defined.count)
      return .init(
        metric: metrics[metric],
        validation: BootstrapValidation(
          apparent: apparent, optimism: defined.reduce(0) { $0 + $1.optimism } / count,
          outOfBag: defined.reduce(0) { $0 + $1.outside } / count,
          noInformation: chance.reduce(0, +) / Double(chance.count), replicateCount: defined.count))
    }
  }
}
