import CapabilityScoring
import ModelEvaluation
import SurveyData

/// The benchmark's reference candidate with the bound of an outcome's rule set elsewhere.
struct CutOffStudy {
  /// One bound to try.
  struct Request {
    let outcome: Int
    let bound: AnswerCode
    let rule: String
    let definition: Codebook.Definition
  }

  let requests: [Request]

  /// - Parameter texts: `OUTCOME=BOUND`.
  init(_ texts: [String], codebook: Codebook) throws {
    requests = try texts.map { text in
      func failure(_ reason: String) -> CommandFailure { CommandFailure(.usage, "--cut-off \(text): \(reason)") }
      guard let equals = text.lastIndex(of: "=") else { throw failure("expected OUTCOME=BOUND, such as export=0.25") }
      let name = String(text[..<equals])
      let bound = AnswerCode(String(text[text.index(after: equals)...]))
      guard let index = codebook.outcomes.firstIndex(where: { $0.id == name }) else {
        throw failure("there is no outcome '\(name)'; it has \(codebook.outcomes.map(\.id).joined(separator: ", "))")
      }
      guard case .condition(let column, .comparison(let comparison, _)) = codebook.outcomes[index].definition,
        comparison.needsOrder
      else {
        throw failure("the outcome is '\(codebook.outcomes[index].definition.description)', which has no bound to move")
      }
      let definition = Codebook.Definition.condition(column, .comparison(comparison, bound))
      return Request(outcome: index, bound: bound, rule: definition.description, definition: definition)
    }
  }

  /// One row per bound; the folds are those of the whole benchmark.
  func measure(
    loaded: LoadedSurvey, encoding: SurveyEncoding, refused: Set<String>, benchmark: SurveyBenchmark,
    run: BenchmarkRun, candidate: SurveyCandidate
  ) throws -> [BenchmarkResult.CutOff] {
    try requests.map { request in
      var codebook = loaded.codebook
      codebook.outcomes[request.outcome].definition = request.definition
      let moved = try SurveyEncoding(
        codebook: codebook, table: loaded.table, outcomes: [codebook.outcomes[request.outcome].id], excluding: refused
      ).encode(loaded.table)
      guard let outcome = moved.outcomes.first else { return nil }
      let survey = ScoringSurvey(
        answers: benchmark.survey.answers, capabilities: benchmark.survey.capabilities,
        outcomes: [.init(id: outcome.id, kind: .binary, targets: outcome.values)], weights: benchmark.survey.weights)
      var own = SurveyBenchmark(
        survey: survey, contextColumns: benchmark.contextColumns, settings: benchmark.settings)
      own.groups = benchmark.groups
      own.hierarchyWeights = benchmark.hierarchyWeights
      var single = try BenchmarkRun(
        outcomes: own.outcomes, candidates: own.candidates([candidate]), folds: run.folds, weights: run.weights,
        seed: run.seed)
      single.threadCount = run.threadCount
      single.clusters = run.clusters
      let result = single.result().outcomes[0]
      return BenchmarkResult.CutOff(
        outcome: outcome.id, rule: request.rule, rowCount: result.rowCount, baseRate: result.baseRate,
        candidate: candidate.rawValue, metrics: result.candidates[0].metrics)
    }.compactMap { $0 }
  }
}
