import CapabilityScoring
import Foundation
import ModelEvaluation

/// What `train` prints: the settings in use, and how well firms that the models had not seen are predicted.
struct TrainingReport {
  let model: ScoringModel

  private var record: ScoringRecord { model.record }
  private var joint: JointModel? { model.joint }

  func rendered() -> String {
    var parts = [settings(), performance()]
    if let experts { parts.append(experts) }
    if let shape { parts.append(shape) }
    if let calibration { parts.append(calibration) }
    if let together { parts.append(together) }
    return parts.joined(separator: "\n\n")
  }

  private func settings() -> String {
    let settings = record.settings
    let penalty =
      settings.shrinkage == .spikeAndSlab
      ? "spike and slab; which coefficients are zero, how large the others are, what each step of a scale is worth and "
        + "whether there are weakest links is learned from the data"
      : settings.l1Ratio == 0
        ? "ridge" : settings.l1Ratio == 1 ? "lasso" : "elastic net, \(NumberText.decimal(settings.l1Ratio, 2)) of it L1"
    let isPosterior = settings.shrinkage == .spikeAndSlab
    let search =
      isPosterior
      ? ""
      : settings.prior == nil
        ? "; the best of \(settings.strengthCount) strengths by \(settings.innerFolds)-fold cross-validation"
        : "; the strongest of \(settings.strengthCount) not worse than the best by a standard error in \(settings.innerFolds)-fold cross-validation"
    let source = isPosterior ? ": draws of the posterior; trees, if any, refitted on bootstrap samples" : " (bootstrap)"
    let towards = settings.prior == nil ? "" : " toward the experts' index"
    let prior = settings.prior.map { prior in
      let ratio = prior.consistencyRatio.map { ", consistency ratio \(NumberText.decimal($0, 2))" } ?? ""
      return "\n  experts      \(prior.source)\(ratio)"
    }
    return """
      Settings
        learner      \(settings.learner.rawValue)\(prior ?? "")
        shrinkage    \(penalty)\(towards)\(search)
        evaluation   \(settings.repeats) × \(settings.folds)-fold cross-validation; all that is learned is learned within the folds
        monotone     \(settings.isMonotone ? "yes: more of an actionable capability never lowers an outcome" : "no")
        calibration  \(settings.calibration.rawValue)
        replicates   \(settings.bootstrap)\(source)
        weights      \(settings.usesWeights ? "the survey's" : "every firm counts once")
        seed         \(settings.seed)
      """
  }

  private func performance() -> String {
    let hasBinary = record.outcomes.contains { $0.candidates.contains { $0.areaUnderROC != nil } }
    let hasContinuous = record.outcomes.contains { $0.candidates.contains { $0.rSquared != nil } }
    var blocks: [String] = []
    if hasBinary { blocks.append(binaryTable()) }
    if hasContinuous { blocks.append(continuousTable()) }
    return "Firms not seen in training (means over the repeats; ▸ is the learner in use)\n"
      + blocks.joined(separator: "\n\n")
  }

  private func binaryTable() -> String {
    var table = TextTable([
      ("outcome", .left), ("firms", .right), ("with it", .right), ("learner", .left), ("AUC", .right),
      ("log-loss", .right), ("± se", .right), ("Brier", .right), ("slope", .right),
    ])
    for outcome in record.outcomes where outcome.candidates.contains(where: { $0.areaUnderROC != nil }) {
      let share = Double(outcome.eventCount) / Double(outcome.firmCount)
      let baseLoss = -(share * log(share) + (1 - share) * log1p(-share))
      table.append([
        outcome.id, NumberText.count(outcome.firmCount), NumberText.percent(share), "  base rate", "0.500",
        NumberText.decimal(baseLoss, 4), "", NumberText.decimal(share * (1 - share), 4), "",
      ])
      for candidate in outcome.candidates {
        table.append([
          "", "", "", (candidate.learner == outcome.learner ? "▸ " : "  ") + candidate.learner.rawValue,
          NumberText.decimal(candidate.areaUnderROC, 3), NumberText.decimal(candidate.loss, 4),
          NumberText.decimal(candidate.lossStandardError, 4), NumberText.decimal(candidate.brierScore, 4),
          NumberText.decimal(candidate.calibrationSlope, 2),
        ])
      }
    }
    return table.rendered(indent: 2)
  }

  private func continuousTable() -> String {
    var table = TextTable([
      ("outcome", .left), ("firms", .right), ("learner", .left), ("R²", .right), ("root mean squared error", .right),
    ])
    for outcome in record.outcomes where outcome.candidates.contains(where: { $0.rSquared != nil }) {
      for (index, candidate) in outcome.candidates.enumerated() {
        table.append([
          index == 0 ? outcome.id : "", index == 0 ? NumberText.count(outcome.firmCount) : "",
          (candidate.learner == outcome.learner ? "▸ " : "  ") + candidate.learner.rawValue,
          NumberText.decimal(candidate.rSquared, 3), NumberText.decimal(candidate.loss.squareRoot(), 4),
        ])
      }
    }
    return table.rendered(indent: 2)
  }

  /// How far experts count, and what they and the data predict alone.
  private var experts: String? {
    let own = record.outcomes.filter { $0.prior != nil }
    guard !own.isEmpty else { return nil }
    var table = TextTable([
      ("outcome", .left), ("experts count", .right), ("loss mixed", .right), ("data alone", .right),
      ("experts alone", .right),
    ])
    for outcome in own {
      guard let prior = outcome.prior else { continue }
      let mixed = outcome.candidates.first { $0.learner == .logistic } ?? outcome.candidates.first
      table.append([
        outcome.id, NumberText.percent(prior.expertShare, 0), NumberText.decimal(mixed?.loss, 4),
        NumberText.decimal(prior.dataAlone.loss, 4), NumberText.decimal(prior.expertsAlone.loss, 4),
      ])
    }
    var text =
      "Experts and data\n" + table.rendered(indent: 2)
        + """

          experts count  the experts' part of all that capabilities weigh in the linear model; the rest is what the data say
          loss           of firms not seen: log-loss, or mean squared error of a quantity; lower is better. Data alone: as trained
                         without experts; experts alone: their index, rescaled by two numbers
        """
    let worse = own.filter { outcome in
      guard let prior = outcome.prior, let mixed = outcome.candidates.first(where: { $0.learner == .logistic }) else {
        return false
      }
      return mixed.loss - prior.dataAlone.loss > mixed.lossStandardError / 4
    }
    if !worse.isEmpty {
      text +=
        "\n  For \(worse.map(\.id).joined(separator: " and ")) the data alone predict firms not seen better: look at the experts' weights again, or train without."
    }
    return text
  }

  /// What the linear models found beside what each answer counts.
  private var shape: String? {
    let linkCount = 3
    var lines: [String] = []
    for outcome in model.outcomes {
      let found = LinearFindings(outcome, design: model.design)
      for scale in found.scales where scale.share >= 0.1 {
        let worths = scale.worths.map { NumberText.decimal($0, 1) }.joined(separator: ", ")
        lines.append(
          "  \(outcome.id): the \(scale.worths.count) steps of \(scale.itemCount) scales are worth \(worths) times their mean, from the "
            + "lowest up (not the same in \(NumberText.percent(scale.share, 0)) of the replicates)"
        )
      }
      for link in found.links.prefix(linkCount) where link.share >= 0.1 {
        let names = [link.first, link.second].map { model.capabilities[$0].id }
        lines.append(
          "  \(outcome.id): of \(names[0]) and \(names[1]) the lower one counts (in \(NumberText.percent(link.share, 0)) of the "
            + "replicates)")
      }
    }
    return lines.isEmpty ? nil : (["Steps and weakest links of the linear models"] + lines).joined(separator: "\n")
  }

  /// What calibration would change on firms that it had not seen, where there are enough of them.
  private var calibration: String? {
    let lines = record.outcomes.compactMap { outcome -> String? in
      guard let methods = outcome.calibrationMethods else { return nil }
      let used = outcome.calibration
      let choice =
        used == .identity
        ? "left as it is"
        : "log-odds × \(NumberText.decimal(used.slope, 2))"
          + (used.intercept == 0 ? "" : " \(BenchmarkResult.text(used.intercept, 2, signed: true))")
      let figures = methods.dropFirst().map {
        "\($0.method.rawValue) \(BenchmarkResult.text($0.difference, 4, signed: true)) ± \(NumberText.decimal($0.differenceStandardError, 4))"
      }
      return "  \(outcome.id): \(choice); change of log-loss: \(figures.joined(separator: ", "))"
    }
    return lines.isEmpty ? nil : (["Calibration"] + lines).joined(separator: "\n")
  }

  private var together: String? {
    guard let joint, [joint.first, joint.second].allSatisfy(record.outcomes.indices.contains) else { return nil }
    let estimate = joint.estimate
    let first = record.outcomes[joint.first].id
    let second = record.outcomes[joint.second].id
    return """
      Together
        Given a firm's answers, the odds of \(first) among firms with \(second) are \
      \(NumberText.decimal(estimate.crossRatio.value, 2)) times those among firms without
        (cross-ratio ψ, 95 % interval \(NumberText.decimal(estimate.lower.value, 2)) to \
      \(NumberText.decimal(estimate.upper.value, 2)); test of ψ = 1: p \(NumberText.pValue(estimate.pValue)); \
      \(NumberText.count(estimate.informativeRowCount)) firms). An association, not an effect.
      """
  }
}
