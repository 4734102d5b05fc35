import CapabilityScoring
import Foundation
import StatisticalLearning
import SurveyData

/// Priorities of simulated firms against their truth, one survey after the other, one line of JSON each.
struct TruthSuite {
  let design: TruthDesign
  let firms: Int
  let seeds: Range<Int>
  /// A learner of `train`, or `ridge`: logistic, with a cross-validated penalty and bootstrap refits.
  let learner: String
  /// Where each survey, its truth and our order are written for peers; `nil` writes none.
  let folder: URL?

  /// One survey: shares over its firms.
  struct Survey: Encodable {
    var truth: String
    var firms: Int
    var seed: Int
    var learner: String
    /// The learner in use, per outcome.
    var chosen: [String] = []
    /// Per objective: the truly best capability (of P(innovation) · P(export)) is among the first three.
    var hit: [String: Double] = [:]
    /// Per objective: what the first three raise P(innovation) · P(export) by, one step each, as a share of the most
    /// that three capabilities could.
    var gain: [String: Double] = [:]
    /// True uplifts within their 90 % intervals: innovation, export, both; of all, and of those that are not zero.
    var covered: [String: Double] = [:]
    var coveredNonzero: [String: Double] = [:]
    /// True places (by the default order) within their intervals. Capabilities without any effect share their
    /// places: any of these counts, for ties and for `covered`; `untied` leaves them out.
    var rankCovered = 0.0
    var rankCoveredUntied = 0.0
    var rankWidth = 0.0
    /// Shares of firms for which nothing, or something, was said to stand out from noise.
    var distinguishable = 0.0
    var crossRatio = 0.0
    var trainingSeconds = 0.0
    var firmsPerSecond = 0.0
  }

  static let objectives: [(String, PriorityObjective)] = [
    ("balanced", .balanced), ("both", .both), ("min", .smaller),
  ]

  func run() throws {
    for seed in seeds {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      FileHandle.standardOutput.write(try encoder.encode(try survey(seed: seed)) + Data("\n".utf8))
    }
  }

  private func survey(seed: Int) throws -> Survey {
    let simulated = try design.simulation(firms: firms, seed: UInt64(seed)).simulated()
    let encoding = try SurveyEncoding(codebook: simulated.codebook, table: simulated.table)
    let survey = ScoringSurvey(try encoding.encode(simulated.table), codebook: simulated.codebook)
    var settings = TrainingSettings()
    settings.learner = TrainingSettings.Learner(rawValue: learner) ?? .logistic
    settings.shrinkage = learner == "ridge" ? .penalty : .spikeAndSlab
    settings.seed = UInt64(seed)
    var result = Survey(truth: design.rawValue, firms: firms, seed: seed, learner: learner)
    let started = Date()
    let model = try ScoringTrainer(settings: settings).train(survey)
    result.trainingSeconds = Date().timeIntervalSince(started)
    result.chosen = model.record.outcomes.map(\.learner.rawValue)
    result.crossRatio = model.joint?.estimate.crossRatio.value ?? .nan
    let truth = simulated.truth
    for (name, objective) in Self.objectives {
      let scorer = FirmScorer(model: model, ranker: FirmScorer.ranker(for: model, objective: objective))
      let start = Date()
      let diagnoses = scorer.diagnose(survey.answers, ids: truth.firms.map(\.id))
      if objective == PriorityRanker().objective {
        result.firmsPerSecond = Double(firms) / Date().timeIntervalSince(start)
        measure(diagnoses, truth, into: &result)
        if let folder { try export(survey, diagnoses, truth, to: folder, seed: seed) }
      }
      (result.hit[name], result.gain[name]) = Self.found(diagnoses, truth)
      if objective == PriorityRanker().objective {
        // The same objective, ordered by the probability of being among the first three.
        let reordered = diagnoses.map { diagnosis in
          var copy = diagnosis
          copy.priorities.sort { ($0.probabilityOfFirstThree, -$0.rank) > ($1.probabilityOfFirstThree, -$1.rank) }
          return copy
        }
        (result.hit["first-three"], result.gain["first-three"]) = Self.found(reordered, truth)
      }
    }
    return result
  }

  private static func found(_ diagnoses: [FirmDiagnosis], _ truth: SimulatedTruth) -> (hit: Double, gain: Double) {
    var (hits, counted, gained, possible) = (0.0, 0.0, 0.0, 0.0)
    for (diagnosis, firm) in zip(diagnoses, truth.firms) {
      guard let best = firm.orderByProduct.first else { continue }
      counted += 1
      let first = diagnosis.priorities.prefix(3).map(\.capability)
      if first.contains(best) { hits += 1 }
      let uplift = Dictionary(uniqueKeysWithValues: zip(truth.capabilities, firm.productUplift))
      gained += first.reduce(0) { $0 + (uplift[$1]! ?? 0) }
      possible += firm.orderByProduct.prefix(3).reduce(0) { $0 + uplift[$1]!! }
    }
    return (hits / counted, gained / possible)
  }

  private func measure(_ diagnoses: [FirmDiagnosis], _ truth: SimulatedTruth, into result: inout Survey) {
    let names = ["innovation", "export", "both"]
    var (covered, nonzeroCovered, nonzero) = ([0.0, 0, 0], [0.0, 0, 0], [0.0, 0, 0])
    var (count, rankCovered, untied, untiedCovered, width, stands) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for (diagnosis, firm) in zip(diagnoses, truth.firms) {
      if diagnosis.priorities.contains(where: \.isDistinguishable) { stands += 1 }
      // What places are by.
      let values = truth.capabilities.indices.map { index in
        firm.bothUplift[index].map {
          PriorityRanker().objective.value(
            innovation: firm.innovationUplift[index]!, export: firm.exportUplift[index]!, both: $0)
        }
      }
      let known = values.compactMap { $0 }
      for priority in diagnosis.priorities {
        let index = truth.capabilities.firstIndex(of: priority.capability)!
        // Where the survey lost the answers of a firm at the top, there is no true step.
        guard let own = firm.bothUplift[index] else { continue }
        count += 1
        let figures = [
          (firm.innovationUplift[index]!, priority.uplifts[0]), (firm.exportUplift[index]!, priority.uplifts[1]),
          (own, priority.both!),
        ]
        for (position, (value, estimate)) in figures.enumerated() {
          let isHeld = estimate.lower <= value + 1e-12 && value <= estimate.upper + 1e-12
          if isHeld { covered[position] += 1 }
          guard value > 1e-12 else { continue }
          nonzero[position] += 1
          if isHeld { nonzeroCovered[position] += 1 }
        }
        let value = values[index]!
        let above = known.filter { $0 > value + 1e-12 }.count
        let tied = known.filter { abs($0 - value) <= 1e-12 }.count
        let isHeld = priority.rankLower <= above + tied && priority.rankUpper >= above + 1
        if isHeld { rankCovered += 1 }
        width += Double(priority.rankUpper - priority.rankLower + 1)
        if tied == 1 {
          untied += 1
          if isHeld { untiedCovered += 1 }
        }
      }
    }
    for (position, name) in names.enumerated() {
      result.covered[name] = covered[position] / count
      result.coveredNonzero[name] = nonzeroCovered[position] / max(nonzero[position], 1)
    }
    result.rankCovered = rankCovered / count
    result.rankCoveredUntied = untiedCovered / max(untied, 1)
    result.rankWidth = width / count
    result.distinguishable = stands / Double(diagnoses.count)
  }

  /// Answers, outcomes, true uplifts of the product, and our first three, as CSV.
  private func export(
    _ survey: ScoringSurvey, _ diagnoses: [FirmDiagnosis], _ truth: SimulatedTruth, to folder: URL, seed: Int
  ) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var header = survey.answers.columns.map { "x." + $0.feature.name }
    header += survey.outcomes.map { "y." + $0.id } + truth.capabilities.map { "u." + $0 }
    header += (1...3).map { "ours.\($0)" }
    var text = header.joined(separator: ",") + "\n"
    for (row, firm) in truth.firms.enumerated() {
      var cells = survey.answers.columns.indices.map { j -> String in
        let value = survey.answers.values[row, j]
        return value.isNaN ? "" : String(value)
      }
      cells += survey.outcomes.map { String(Int($0.targets[row])) }
      cells += firm.productUplift.map { $0.map { String($0) } ?? "" }
      let first = diagnoses[row].priorities.prefix(3).map(\.capability)
      cells += first + [String](repeating: "", count: 3 - first.count)
      text += cells.joined(separator: ",") + "\n"
    }
    let file = folder.appendingPathComponent("\(design.rawValue)-\(firms)-\(seed).csv")
    try text.write(to: file, atomically: true, encoding: .utf8)
  }
}
