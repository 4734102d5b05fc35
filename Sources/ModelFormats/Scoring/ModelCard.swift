import CapabilityScoring
import Foundation
import SurveyData

/// What people should know before they use a model, in Markdown: what it is for, what it was made from, how well it
/// predicts firms that it had not seen, and what it must not be taken for (after Mitchell et al. 2019, "Model cards for
/// model reporting").
struct ModelCard {
  let predictor: SurveyPredictor

  init(_ predictor: SurveyPredictor) { self.predictor = predictor }

  func markdown() -> String {
    [heading(), use(), source(), performance(), together(), limits()].compactMap { $0 }.joined(separator: "\n\n") + "\n"
  }

  private static func decimal(_ value: Double?, _ digits: Int) -> String {
    value.map { String(format: "%.\(digits)f", $0) } ?? "–"
  }

  private func heading() -> String {
    let title = predictor.encoding.codebook.title.en
    return "# \(title.isEmpty ? predictor.provenance.survey : title)"
  }

  private func use() -> String {
    let outcomes = predictor.encoding.outcomes.map { id -> String in
      let outcome = predictor.encoding.codebook.outcomes.first { $0.id == id }
      return "- `\(id)`: \(outcome?.definition.description ?? "")"
    }
    return """
      ## What it is for

      From a firm's answers it gives the probability (or value) of each outcome, and with two outcomes of both at once; \
      `innov4sme predict` adds which capabilities to develop first.

      \(outcomes.joined(separator: "\n"))

      What it reports are associations in the survey below. It does not say what would happen if a firm changed.
      """
  }

  private func source() -> String {
    let provenance = predictor.provenance
    let settings = predictor.scoring.record.settings
    let condition = provenance.condition.isEmpty ? "" : ", those with `\(provenance.condition)`"
    let capabilities = predictor.scoring.capabilities.count
    return """
      ## What it was made from

      \(provenance.isSimulated ? "**Simulated firms**, no real ones. " : "")Survey `\(provenance.survey)`, \
      \(provenance.firmCount) firms\(condition); \(predictor.scoring.columns.count) columns, \(capabilities) capabilities. \
      Data digest `\(provenance.dataDigest)`. Made with innov4sme \(provenance.toolVersion): learner \
      `\(settings.learner.rawValue)`, \(settings.bootstrap) bootstrap replicates, seed \(settings.seed), \
      \(settings.usesWeights ? "firms weighted as the survey says" : "every firm counted once")\
      \(settings.isMonotone ? ", more of an actionable capability never lowering an outcome" : "").

      The file holds no firm's answers. How peers stand is in it as percentiles per capability, for groups of \
      \(PeerSummaries.smallestGroup) firms or more.
      """
  }

  private func performance() -> String {
    var lines = [
      "## How well it predicts",
      "",
      "Firms not seen in training, \(predictor.scoring.record.settings.repeats) × "
        + "\(predictor.scoring.record.settings.folds)-fold cross-validation; log-loss for outcomes that are yes or no, "
        + "squared error for values, with the interval of 95 %.",
      "",
      "| outcome | firms | with it | learner | loss | interval | AUC | Brier | calibration slope | R² |",
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for outcome in predictor.scoring.record.outcomes {
      guard let used = outcome.candidates.first(where: { $0.learner == outcome.learner }) ?? outcome.candidates.first
      else { continue }
      let margin = 1.959964 * used.lossStandardError
      let share = used.areaUnderROC == nil ? "–" : "\(outcome.eventCount)"
      lines.append(
        "| \(outcome.id) | \(outcome.firmCount) | \(share) | \(outcome.learner.rawValue) "
          + "| \(Self.decimal(used.loss, 4)) "
          + "| \(Self.decimal(used.loss - margin, 4)) to \(Self.decimal(used.loss + margin, 4)) "
          + "| \(Self.decimal(used.areaUnderROC, 3)) | \(Self.decimal(used.brierScore, 4)) "
          + "| \(Self.decimal(used.calibrationSlope, 2)) | \(Self.decimal(used.rSquared, 3)) |")
    }
    return lines.joined(separator: "\n")
  }

  private func together() -> String? {
    guard let joint = predictor.scoring.joint else { return nil }
    let estimate = joint.estimate
    return """
      ## Both outcomes together

      Cross-ratio ψ \(Self.decimal(estimate.crossRatio.value, 2)), 95 % interval \
      \(Self.decimal(estimate.lower.value, 2)) to \(Self.decimal(estimate.upper.value, 2)): the odds of one outcome among \
      firms that have the other, over those among firms that do not, given the answers.
      """
  }

  private func limits() -> String {
    """
    ## Limits

    - It speaks of firms like those surveyed: other countries, years or sizes may differ.
    - A missing answer is filled from the firm's other answers; a diagnosis from few answers is a weak one.
    - Intervals come from bootstrap replicates of the training; they do not cover a survey that was badly drawn.
    """
  }
}
