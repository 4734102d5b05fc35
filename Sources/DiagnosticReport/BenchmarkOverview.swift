import ModelEvaluation

/// What a reader who has one minute needs: every candidate on every outcome, side by side.
struct BenchmarkOverview {
  let result: BenchmarkResult

  /// One table: per outcome the discrimination and the proper loss, the best of each in bold.
  var html: String {
    let outcomes = result.outcomes.filter { $0.candidates.contains { !$0.metrics.isEmpty } }
    guard outcomes.count > 1 else { return "" }
    let columns = outcomes.flatMap { outcome in
      Self.metrics(outcome.kind).map { (outcome: outcome, metric: $0) }
    }
    let best = columns.map { column -> Double? in
      let values = column.outcome.candidates.compactMap { $0.metric(column.metric)?.value }
      return column.metric.isHigherBetter == true ? values.max() : values.min()
    }
    let rows = outcomes[0].candidates.indices.map { index -> [String] in
      let cells = zip(columns, best).map { column, best -> String in
        let decimals = column.metric == .logLoss ? 4 : 3
        guard let own = column.outcome.candidates[index].metric(column.metric) else { return "–" }
        let text = BenchmarkResult.text(own.value, decimals)
        // What rounds to the best is as good as it, as far as this table tells.
        return text == best.map { BenchmarkResult.text($0, decimals) } ? "<b>\(text)</b>" : text
      }
      return [BenchmarkMarkup.escaped(outcomes[0].candidates[index].name)] + cells
    }
    return "<section>\n"
      + BenchmarkMarkup.table(
        caption:
          "All candidates at a glance; the best in bold. Whether a difference is more than chance: see each outcome",
        header: ["candidate"]
          + columns.map {
            "\(BenchmarkMarkup.escaped($0.outcome.name)): \(BenchmarkMarkup.escaped($0.metric.title))"
          }, rows: rows) + "</section>\n"
  }

  private static func metrics(_ kind: BenchmarkOutcome.Kind) -> [BenchmarkMetric] {
    switch kind {
    case .binary: [.auc, .logLoss]
    case .continuous: [.rSquared, .rootMeanSquaredError]
    case .ordered: [.rSquared, .rankedProbabilityScore]
    }
  }
}
