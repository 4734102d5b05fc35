import StatisticalLearning

/// All fits of a run, before they are summarised: every held-out prediction.
public struct BenchmarkFits: Sendable {
  /// With the joint outcome among its outcomes, when there is one.
  let run: BenchmarkRun
  let fits: [BenchmarkRun.FitResult]
  /// `[outcome][candidate]`; outcomes that are derived have none.
  let bootstrap: [[[BenchmarkResult.BootstrapEstimate]]]?

  /// Metrics, intervals, differences and curves.
  public func result() -> BenchmarkResult {
    var result = run.summary(of: fits)
    if let bootstrap {
      for (outcome, byCandidate) in bootstrap.enumerated() {
        for (candidate, estimates) in byCandidate.enumerated() {
          result.outcomes[outcome].candidates[candidate].bootstrap = estimates
        }
      }
    }
    return result
  }

  /// Every held-out prediction as comma-separated text: `candidate,repeat,id` and, for each outcome, `NAME.probability`
  /// (`NAME.value` for a quantity). The lines of one candidate are what
  /// ``BenchmarkCandidate/predictions(name:csv:rowIDs:outcomes:)`` reads.
  public func predictionsCSV(rowIDs: [String]) -> String {
    precondition(rowIDs.count == run.folds.rowCount, "\(rowIDs.count) ids for \(run.folds.rowCount) rows")
    let ids = rowIDs.map(DelimitedText.quoted)
    var text = "candidate,repeat,id"
    for outcome in run.outcomes {
      text += "," + DelimitedText.quoted(outcome.name + (outcome.kind == .binary ? ".probability" : ".value"))
    }
    text += "\n"
    for (candidate, name) in run.candidates.map(\.name).enumerated() {
      for fit in fits where fit.task.candidate == candidate && fit.task.share == nil && fit.failure == nil {
        for (place, row) in fit.task.split.testRows.enumerated() {
          text += "\(DelimitedText.quoted(name)),\(fit.task.split.repeatIndex + 1),\(ids[row])"
          for (outcome, values) in zip(run.outcomes, fit.values) {
            text += ",\(outcome.kind == .binary ? sigmoid(values[place]) : values[place])"
          }
          text += "\n"
        }
      }
    }
    return text
  }
}
