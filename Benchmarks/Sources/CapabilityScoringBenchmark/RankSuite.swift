import CapabilityScoring
import Foundation
import StatisticalLearning
import SurveyData

/// How often the rank intervals that `explain` shows hold a capability's true rank, by mean uplift, over surveys of firms
/// with a known truth.
struct RankSuite {
  let firms: Int
  let seeds: Int
  /// `wine` (14 capabilities, no two alike) or `reference` (18, ten of which do nothing and share their place).
  let truth: String

  struct Result: Encodable {
    var firms: Int
    var seeds: Int
    var truth: String
    /// True ranks within the 90 % intervals of the replicates' ranks, and within the confidence sets for ranks.
    var intervalCoverage = 0.0
    var setCoverage = 0.0
    /// The same of intervals, of capabilities that share their place with none.
    var intervalCoverageUntied = 0.0
    /// Standard errors over surveys.
    var intervalStandardError = 0.0
    var setStandardError = 0.0
    var meanIntervalWidth = 0.0
    var meanSetWidth = 0.0
    /// True mean uplifts of both within their 90 % intervals.
    var upliftCoverage = 0.0
    /// Kendall's τ between the true and the estimated mean uplifts, averaged over surveys.
    var agreement = 0.0
    var secondsPerSurvey = 0.0
  }

  func run() throws {
    var result = Result(firms: firms, seeds: seeds, truth: truth)
    var shares: (intervals: [Double], sets: [Double]) = ([], [])
    var untied = (held: 0, count: 0)
    for seed in 0..<seeds {
      let started = Date()
      let dataSeed = UInt64(1_000 + seed)
      let simulation: SurveySimulation =
        truth == "wine" ? .wine(firms: firms, seed: dataSeed) : .referenceTruth(firms: firms, seed: dataSeed)
      let simulated = try simulation.simulated()
      let encoding = try SurveyEncoding(codebook: simulated.codebook, table: simulated.table)
      let encoded = try encoding.encode(simulated.table)
      let survey = ScoringSurvey(encoded, codebook: simulated.codebook)
      var settings = TrainingSettings()
      settings.learner = .logistic
      settings.repeats = 1
      settings.seed = UInt64(seed)
      let model = try ScoringTrainer(settings: settings).train(survey)
      var explainer = ScoringExplainer(model: model)
      explainer.pairCount = 0
      explainer.repeatCount = 1
      explainer.firmLimit = firms
      let explanation = try explainer.explain(
        ScoringExplainer.Firms(answers: survey.answers, targets: survey.outcomes.map { _ in [] }))
      let values = simulated.truth.capabilities.indices.map { meanUplift(simulated.truth.firms, capability: $0) }
      var covered = (intervals: 0, sets: 0, uplifts: 0)
      var count = 0
      var pairs: ([Double], [Double]) = ([], [])
      for (index, id) in simulated.truth.capabilities.enumerated() {
        guard let entry = explanation.entries.first(where: { $0.id == id }), let place = entry.place,
          let both = entry.both
        else { continue }
        // Capabilities that are alike share their places: any of these counts.
        let own = values[index].objective
        let above = values.filter { $0.objective > own + 1e-9 }.count
        let alike = values.filter { abs($0.objective - own) <= 1e-9 }.count
        count += 1
        let isHeld = place.rankLower <= above + alike && place.rankUpper >= above + 1
        if isHeld { covered.intervals += 1 }
        if alike == 1 { untied = (untied.held + (isHeld ? 1 : 0), untied.count + 1) }
        if place.setLower <= above + alike, place.setUpper >= above + 1 { covered.sets += 1 }
        if both.lower <= values[index].both, values[index].both <= both.upper { covered.uplifts += 1 }
        result.meanIntervalWidth += Double(place.rankUpper - place.rankLower + 1)
        result.meanSetWidth += Double(place.setUpper - place.setLower + 1)
        pairs.0.append(own)
        pairs.1.append(both.value)
      }
      shares.intervals.append(Double(covered.intervals) / Double(count))
      shares.sets.append(Double(covered.sets) / Double(count))
      result.upliftCoverage += Double(covered.uplifts) / Double(count) / Double(seeds)
      result.agreement += (RankAgreement.kendallTau(pairs.0, pairs.1) ?? 0) / Double(seeds)
      result.secondsPerSurvey += Date().timeIntervalSince(started) / Double(seeds)
      if seed == seeds - 1 {
        result.meanIntervalWidth /= Double(count * seeds)
        result.meanSetWidth /= Double(count * seeds)
      }
    }
    (result.intervalCoverage, result.intervalStandardError) = Self.mean(shares.intervals)
    (result.setCoverage, result.setStandardError) = Self.mean(shares.sets)
    result.intervalCoverageUntied = Double(untied.held) / Double(max(untied.count, 1))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    print(String(decoding: try encoder.encode(result), as: UTF8.self))
  }

  /// The true mean over the firms that have a step left.
  private func meanUplift(_ firms: [SimulatedTruth.Firm], capability: Int) -> (objective: Double, both: Double) {
    var (innovation, export, both, count) = (0.0, 0.0, 0.0, 0.0)
    for firm in firms {
      guard let i = firm.innovationUplift[capability], let e = firm.exportUplift[capability],
        let b = firm.bothUplift[capability]
      else { continue }
      innovation += i
      export += e
      both += b
      count += 1
    }
    let value = PriorityObjective.both.value(
      innovation: innovation / count, export: export / count, both: both / count)
    return (value, both / count)
  }

  private static func mean(_ values: [Double]) -> (mean: Double, standardError: Double) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(count - 1, 1)
    return (mean, (variance / count).squareRoot())
  }
}
