import CapabilityScoring
import Foundation
import StatisticalLearning
import SurveyData

/// The reference truth: 18 capabilities of one item, of which eight matter.
struct TruthSuite {
  let firms: Int
  let seeds: Int
  let kind: String

  /// Shares over all firms and seeds.
  struct Result: Encodable {
    var firms: Int
    var seeds: Int
    var kind: String
    /// Per objective: the truly best capability is among the first three.
    var bestAmongFirstThree: [String: Double] = [:]
    /// The standard error over seeds of the default objective's share.
    var standardError = 0.0
    /// True uplifts within their 90 % intervals: innovation, export, both.
    var upliftCoverage: [String: Double] = [:]
    /// True ranks (by the true value of the default objective) within the rank intervals.
    var rankCoverage = 0.0
    var trainingSeconds = 0.0
    var firmsDiagnosedPerSecond = 0.0
  }

  func run() throws {
    guard let truthKind = TruthKind(rawValue: kind) else { CapabilityScoringBenchmark.usage() }
    let objectives: [(String, PriorityObjective)] = [("balanced", .balanced), ("both", .both), ("min", .smaller)]
    var hits: [String: [Double]] = [:]
    var covered = [0, 0, 0]
    var counted = 0
    var rankCovered = 0
    var result = Result(firms: firms, seeds: seeds, kind: kind)
    for seed in 0..<seeds {
      let simulated = try SurveySimulation.referenceTruth(firms: firms, seed: UInt64(seed), truthKind: truthKind)
        .simulated()
      let encoding = try SurveyEncoding(codebook: simulated.codebook, table: simulated.table)
      let survey = ScoringSurvey(try encoding.encode(simulated.table), codebook: simulated.codebook)
      var settings = TrainingSettings()
      settings.seed = UInt64(seed)
      let started = Date()
      let model = try ScoringTrainer(settings: settings).train(survey)
      result.trainingSeconds += Date().timeIntervalSince(started) / Double(seeds)
      let truth = simulated.truth
      for (name, objective) in objectives {
        let scorer = FirmScorer(model: model, ranker: PriorityRanker(objective: objective))
        let start = Date()
        let diagnoses = scorer.diagnose(survey.answers, ids: truth.firms.map(\.id))
        if name == "balanced" {
          result.firmsDiagnosedPerSecond += Double(firms) / Date().timeIntervalSince(start) / Double(seeds)
        }
        let found = zip(diagnoses, truth.firms).filter { diagnosis, firm in
          guard let best = firm.orderByProduct.first else { return false }
          return diagnosis.priorities.prefix(3).contains { $0.capability == best }
        }.count
        hits[name, default: []].append(Double(found) / Double(firms))
        guard name == "balanced" else { continue }
        for (diagnosis, firm) in zip(diagnoses, truth.firms) {
          let trueValues = truth.capabilities.indices.map { index -> Double? in
            guard let innovation = firm.innovationUplift[index], let export = firm.exportUplift[index],
              let both = firm.bothUplift[index]
            else { return nil }
            return objective.value(innovation: innovation, export: export, both: both)
          }
          for priority in diagnosis.priorities {
            let index = truth.capabilities.firstIndex(of: priority.capability)!
            guard let own = trueValues[index] else { continue }
            counted += 1
            let figures = [
              (firm.innovationUplift[index]!, priority.uplifts[0]), (firm.exportUplift[index]!, priority.uplifts[1]),
              (firm.bothUplift[index]!, priority.both!),
            ]
            for (position, (value, estimate)) in figures.enumerated()
            where estimate.lower <= value && value <= estimate.upper { covered[position] += 1 }
            // Capabilities without any effect share their places: any of these counts.
            let above = trueValues.filter { ($0 ?? -1) > own + 1e-12 }.count
            let tied = trueValues.filter { abs(($0 ?? -1) - own) <= 1e-12 }.count
            if priority.rankLower <= above + tied && priority.rankUpper >= above + 1 { rankCovered += 1 }
          }
        }
      }
    }
    for (name, _) in objectives {
      result.bestAmongFirstThree[name] = hits[name]!.reduce(0, +) / Double(seeds)
    }
    let shares = hits["balanced"]!
    let mean = result.bestAmongFirstThree["balanced"]!
    let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(seeds - 1, 1))
    result.standardError = (variance / Double(seeds)).squareRoot()
    for (position, name) in ["innovation", "export", "both"].enumerated() {
      result.upliftCoverage[name] = Double(covered[position]) / Double(counted)
    }
    result.rankCoverage = Double(rankCovered) / Double(counted)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    print(String(decoding: try encoder.encode(result), as: UTF8.self))
  }
}
