import ArgumentParser
import CapabilityScoring
import ModelEvaluation

/// How results of a benchmark are written.
enum BenchmarkFormat: String, ExpressibleByArgument, CaseIterable {
  case table, csv, json, html
}

/// How firms are split into those learned from and those tested.
struct ResamplingArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Folds of the cross-validation, or a file of folds (columns id, fold and, for several repeats, repeat).",
      valueName: "K|file"))
  var folds = "5"

  @Option(help: ArgumentHelp("How often the firms are dealt into folds anew.", valueName: "R"))
  var repeats = 2

  @Option(
    help: ArgumentHelp(
      "Leave out one country (sector, …) at a time: a role or a column.", valueName: "column"))
  var leaveOut: String?

  @Option(help: ArgumentHelp("Rows with the same value are never on both sides of a split.", valueName: "column"))
  var group: String?

  @Option(help: ArgumentHelp("Test each block of time by models of the earlier ones.", valueName: "column"))
  var time: String?

  @Option(help: ArgumentHelp("Write the folds, for other tools.", valueName: "file"))
  var foldsOut: String?

  func validate() throws {
    let ways = [leaveOut, group, time].compactMap { $0 }
    if ways.count > 1 { throw ValidationError("--leave-out, --group and --time exclude each other") }
    guard (1...1_000).contains(repeats) else { throw ValidationError("--repeats is \(repeats); expected 1 to 1000") }
    if let count = foldCount, !(2...1_000).contains(count) {
      throw ValidationError("--folds is \(count); expected 2 to 1000, or a file")
    }
  }

  /// The number of folds; `nil` when a file is meant.
  var foldCount: Int? { Int(folds) }
}

/// What is done besides the comparison.
struct BenchmarkExtras: ParsableArguments {
  @Flag(help: "Learn from shares of the training firms too: the learning curve.")
  var learningCurve = false

  @Option(help: ArgumentHelp("Random orders of the outcome for the test against chance; 0 for none.", valueName: "N"))
  var permutations = 999

  @Option(
    help: ArgumentHelp(
      "Bootstrap samples for the .632+ and optimism-corrected estimates; 0 for none.", valueName: "B"))
  var bootstrap = 0

  @Option(
    name: .customLong("by"),
    help: ArgumentHelp("Show results by a role or column too, such as country; may be repeated.", valueName: "column"))
  var groupings: [String] = []

  @Option(
    name: .customLong("cut-off"),
    help: ArgumentHelp(
      "Also measure with another bound in an outcome's rule, such as 'export=0.25'; may be repeated.",
      valueName: "outcome=bound"))
  var cutOffs: [String] = []

  @Flag(help: "How stable the capabilities' order is from one training set to the next.")
  var stability = false
}

extension SurveyCandidate: ExpressibleByArgument {}

extension ResamplingArguments {
  /// The folds that were asked for.
  func assignment(
    outcomes: [BenchmarkOutcome], weights: [Double], groups: [Int]?, ids: [String], columns: GroupColumns,
    seed: UInt64
  ) throws -> FoldAssignment {
    if let leaveOut {
      return try .leaveOneGroupOut(labels: columns.labels(leaveOut, option: "--leave-out"))
    }
    guard let foldCount else {
      let text = try TextFile.read(folds, what: "file of folds, or a number")
      do { return try FoldAssignment(csv: text, rowIDs: ids) } catch {
        throw CommandFailure(.data, "\(folds): \(error)")
      }
    }
    if let time {
      return try .timeOrdered(times: columns.times(time), testCount: foldCount)
    }
    let strata = Strata.combinations(
      of: outcomes.map { outcome in
        let known = outcome.values.map { $0.isNaN ? -1 : $0 }
        return outcome.kind == .binary ? known : Strata.quantileGroups(of: known)
      })
    if let groups {
      return try .grouped(
        groups: groups, strata: strata, foldCount: foldCount, repeatCount: repeats, seed: seed, weights: weights)
    }
    return try .stratified(
      strata: strata, foldCount: foldCount, repeatCount: repeats, seed: seed, weights: weights)
  }
}
