import CapabilityScoring
import Foundation
import ModelEvaluation
import StatisticalLearning
import SurveyData

/// What a benchmark does, resolved from the command line and the survey.
struct BenchmarkPlan {
  let survey: SurveyBenchmark
  let candidates: [SurveyCandidate]
  var run: BenchmarkRun
  private let threadCount: Int

  init(
    command: BenchmarkCommand, loaded: LoadedSurvey, encoded: EncodedSurvey, encoding: SurveyEncoding,
    settings: TrainingSettings
  ) throws {
    let columns = GroupColumns(table: loaded.table, encoded: encoded)
    var survey = SurveyBenchmark(
      survey: ScoringSurvey(encoded, codebook: encoding.codebook),
      contextColumns: encoded.features.indices.filter { encoded.features[$0].isContext }, settings: settings)
    survey.isNested = command.nested
    let groupName = command.resampling.group ?? encoded.groups.first { $0.purpose == .cluster }?.id
    let groups = try groupName.map { try columns.numbers($0, option: "--group") }
    survey.groups = groups
    if let path = command.judgements {
      survey.hierarchyWeights = try Judgements.weights(path, capabilities: survey.survey.capabilities.map(\.id))
    }
    let wanted = command.learners.isEmpty ? survey.availableCandidates : command.learners
    for candidate in wanted {
      if let obstacle = survey.obstacle(to: candidate) {
        throw CommandFailure(.usage, "--learner \(candidate.rawValue) can't take part: \(obstacle)")
      }
    }
    var seen = Set<SurveyCandidate>()
    candidates = wanted.filter { seen.insert($0).inserted }
    let outcomes = survey.outcomes
    var all = survey.candidates(candidates)
    let weights = settings.usesWeights ? survey.survey.weights : survey.survey.weights.map { $0 > 0 ? 1 : 0 }
    if command.nested, all.count > 1 {
      all.append(
        .selecting(
          name: "nested-choice", from: all, outcomes: outcomes, weights: weights, groups: groups,
          innerFoldCount: settings.innerFolds))
    }
    for path in command.against {
      let name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
      let text = try TextFile.read(path, what: "file of predictions")
      do {
        all.append(try .predictions(name: name, csv: text, rowIDs: encoded.firmIDs, outcomes: outcomes))
      } catch { throw CommandFailure(.data, "\(path): \(error)") }
    }
    let folds = try command.resampling.assignment(
      outcomes: outcomes, weights: weights, groups: groups, ids: encoded.firmIDs, columns: columns, seed: settings.seed)
    var run = try BenchmarkRun(
      outcomes: outcomes, candidates: all, folds: folds, weights: weights, seed: settings.seed)
    run.title = "Benchmark of " + (command.survey.survey as NSString).lastPathComponent
    run.joint = survey.joint
    run.levels = survey.levels
    run.clusters = groups
    run.reference = try Self.reference(command.reference, among: all.map(\.name))
    run.threadCount = settings.threadCount > 0 ? settings.threadCount : Parallel.defaultThreadCount
    run.permutationCount = command.extras.permutations
    if command.extras.learningCurve { run.learningCurveShares = [0.2, 0.4, 0.6, 0.8] }
    run.bootstrapCount = command.extras.bootstrap
    let shown = command.extras.groupings + (command.resampling.leaveOut.map { [$0] } ?? [])
    var named = Set<String>()
    run.groupings = try shown.filter { named.insert($0).inserted }.map { name in
      BenchmarkRun.Grouping(column: name, labels: try columns.labels(name, option: "--by"))
    }
    let names = Set(all.map(\.name))
    let pairs: [(SurveyCandidate, SurveyCandidate)] = [
      (.monotoneRidge, .ridge), (.spikeAndSlab, .monotoneRidge), (.monotoneTrees, .ordinalTrees),
      (.ordinalTrees, .trees),
    ]
    run.contrasts = pairs.map { ($0.rawValue, $1.rawValue) }.filter { names.contains($0.0) && names.contains($0.1) }
    run.settings = Self.settings(command, survey: survey, settings: settings, firmCount: encoded.rowCount)
    self.survey = survey
    self.run = run
    threadCount = run.threadCount
  }

  func fits() throws -> BenchmarkFits {
    let clock = TimeLeft()
    defer { Console.clearProgress() }
    return run.fits { progress in
      clock.show(progress.completedFits, of: progress.totalFits, progress.candidate)
    }
  }

  private static func reference(_ name: String?, among names: [String]) throws -> String? {
    guard let name else { return names.first { $0 == SurveyCandidate.ridge.rawValue } }
    guard names.contains(name) else {
      throw CommandFailure(.usage, "--reference \(name) is not among the candidates: \(names.joined(separator: ", "))")
    }
    return name
  }

  private static func settings(
    _ command: BenchmarkCommand, survey: SurveyBenchmark, settings: TrainingSettings, firmCount: Int
  ) -> [BenchmarkResult.Setting] {
    let answers = survey.survey.answers.columns.count - survey.contextColumns.count
    var lines: [BenchmarkResult.Setting] = [
      .init("survey", (command.survey.survey as NSString).lastPathComponent)
    ]
    if let codebook = command.survey.codebook {
      lines.append(.init("codebook", (codebook as NSString).lastPathComponent))
    }
    if let condition = command.survey.condition { lines.append(.init("where", condition)) }
    lines += [
      .init("firms", "\(firmCount)"),
      .init(
        "answers",
        "\(answers) items of \(survey.survey.capabilities.count) capabilities, "
          + "\(survey.contextColumns.count) context columns"),
      .init("penalties", "\(settings.strengthCount) strengths, \(settings.innerFolds)-fold within the training firms"),
      .init(
        "auto",
        survey.isNested
          ? "compared and calibrated as in 'train'" : "chosen and calibrated by out-of-fold scores of its parts"),
      .init("weights", settings.usesWeights ? "the survey's" : "every firm counts once"),
      .init("seed", "\(settings.seed)"),
    ]
    if survey.joint != nil {
      lines.append(.init("both", "by the cross-ratio of the held-out firms of the other folds"))
    }
    for outcome in survey.outcomes where outcome.kind == .ordered {
      lines.append(
        .init(
          outcome.name,
          "\(outcome.levelCount) levels, learned as a quantity; chances of levels by thresholds of the held-out firms of "
            + "the other folds"))
    }
    return lines
  }
}
