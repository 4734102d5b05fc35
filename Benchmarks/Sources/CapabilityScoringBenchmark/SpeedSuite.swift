import CapabilityScoring
import Foundation
import StatisticalLearning
import SurveyData

/// How long training with 200 replicates takes, and how many firms are diagnosed per second, with all cores.
struct SpeedSuite {
  /// A survey and its codebook; without them the reference truth of 220 firms and 18 capabilities.
  let survey: (path: String, codebook: String, condition: String)?
  let learner: TrainingSettings.Learner
  let runs: Int

  struct Result: Encodable {
    var firms = 0
    var capabilities = 0
    var items = 0
    var designColumns = 0
    var learner = ""
    var chosen: [String] = []
    var replicates = 0
    var trainingSeconds: [Double] = []
    /// Priorities, ranks, ties and intervals of 1,000 firms or more.
    var firmsPerSecond: [Double] = []
  }

  func run() throws {
    let scoring: ScoringSurvey
    if let survey {
      let codebook = try Codebook(yaml: String(contentsOfFile: survey.codebook, encoding: .utf8), name: survey.codebook)
      var table = try SurveyReader.read(survey.path)
      if !survey.condition.isEmpty {
        table = table.selectingRows(try RowFilter(survey.condition).selection(in: table).rows)
      }
      scoring = ScoringSurvey(
        try SurveyEncoding(codebook: codebook, table: table).encode(table), codebook: codebook)
    } else {
      let simulated = try SurveySimulation.referenceTruth(firms: 220, seed: 1).simulated()
      scoring = ScoringSurvey(
        try SurveyEncoding(codebook: simulated.codebook, table: simulated.table).encode(simulated.table),
        codebook: simulated.codebook)
    }
    var settings = TrainingSettings()
    settings.learner = learner
    var result = Result(
      firms: scoring.firmCount, capabilities: scoring.capabilities.count, items: scoring.answers.columns.count,
      learner: learner.rawValue, replicates: settings.bootstrap)
    for _ in 0..<runs {
      let started = Date()
      let model = try ScoringTrainer(settings: settings).train(scoring)
      result.trainingSeconds.append(Date().timeIntervalSince(started))
      result.chosen = model.record.outcomes.map(\.learner.rawValue)
      result.designColumns = model.design.columns.count
      let copies = (1_000 + scoring.firmCount - 1) / scoring.firmCount
      let rows = (0..<copies).flatMap { _ in 0..<scoring.firmCount }
      let answers = scoring.answers.selectingRows(rows)
      let scorer = FirmScorer(model: model)
      let begun = Date()
      let diagnoses = scorer.diagnose(answers, ids: rows.map(String.init))
      result.firmsPerSecond.append(Double(diagnoses.count) / Date().timeIntervalSince(begun))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    FileHandle.standardOutput.write(try encoder.encode(result) + Data("\n".utf8))
  }
}
