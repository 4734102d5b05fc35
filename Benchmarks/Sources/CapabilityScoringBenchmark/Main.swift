import CapabilityScoring
import Foundation

/// How often the truly best capability is among the first three, how well intervals cover, how well held-out firms are
/// predicted, and how long it takes.
///
///     CapabilityScoringBenchmark truth TRUTH FIRMS FIRST COUNT LEARNER [FOLDER]
///                                                           priorities of simulated firms against their truth, a line
///                                                           of JSON for each of COUNT surveys from seed FIRST
///     CapabilityScoringBenchmark ranks FIRMS SEEDS TRUTH    rank intervals of mean uplifts, TRUTH wine or reference (JSON)
///     CapabilityScoringBenchmark plans FIRMS                time of a plan with 40 capabilities of three changes
///     CapabilityScoringBenchmark heldout SURVEY CODEBOOK CONDITION FOLDER [LEARNER...]
///                                                           encoded columns, folds and held-out scores as CSV
///     CapabilityScoringBenchmark encoded SURVEY CODEBOOK CONDITION FOLDER
///                                                           encoded columns and outcomes alone
///     CapabilityScoringBenchmark joint SURVEY CODEBOOK CONDITION
///                                                           the probability of both on held-out firms (JSON)
///     CapabilityScoringBenchmark speed LEARNER RUNS [SURVEY CODEBOOK CONDITION]
///                                                           seconds of training, firms diagnosed per second (JSON)
@main
struct CapabilityScoringBenchmark {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "truth" where arguments.count == 6 || arguments.count == 7:
      guard let design = TruthDesign(rawValue: arguments[1]), let firms = Int(arguments[2]),
        let first = Int(arguments[3]), let count = Int(arguments[4]),
        arguments[5] == "ridge" || TrainingSettings.Learner(rawValue: arguments[5]) != nil
      else { usage() }
      try TruthSuite(
        design: design, firms: firms, seeds: first..<first + count, learner: arguments[5],
        folder: arguments.count == 7 ? URL(fileURLWithPath: arguments[6]) : nil
      ).run()
    case "ranks" where arguments.count == 4:
      guard let firms = Int(arguments[1]), let seeds = Int(arguments[2]), ["wine", "reference"].contains(arguments[3])
      else { usage() }
      try RankSuite(firms: firms, seeds: seeds, truth: arguments[3]).run()
    case "heldout" where arguments.count >= 5:
      try HeldOutSuite(
        survey: arguments[1], codebook: arguments[2], condition: arguments[3],
        folder: URL(fileURLWithPath: arguments[4]),
        learners: arguments.count == 5
          ? ["ridge", "logistic", "boosted-trees", "blend"] : Array(arguments[5...])
      ).run()
    case "plans" where arguments.count == 2:
      guard let firms = Int(arguments[1]), firms > 0 else { usage() }
      try PlanSuite(firmCount: firms).run()
    case "joint" where arguments.count == 4:
      try JointSuite(survey: arguments[1], codebook: arguments[2], condition: arguments[3]).run()
    case "speed" where arguments.count == 3 || arguments.count == 6:
      guard let learner = TrainingSettings.Learner(rawValue: arguments[1]), let runs = Int(arguments[2]) else {
        usage()
      }
      try SpeedSuite(
        survey: arguments.count == 6 ? (arguments[3], arguments[4], arguments[5]) : nil, learner: learner, runs: runs
      ).run()
    case "encoded" where arguments.count == 5:
      try EncodedSuite(
        survey: arguments[1], codebook: arguments[2], condition: arguments[3],
        folder: URL(fileURLWithPath: arguments[4])
      ).run()
    default: usage()
    }
  }

  static func usage() -> Never {
    FileHandle.standardError.write(
      Data(
        """
        usage: truth TRUTH FIRMS FIRST COUNT LEARNER [FOLDER] | ranks FIRMS SEEDS wine|reference | plans FIRMS |
               heldout|encoded SURVEY CODEBOOK CONDITION FOLDER [LEARNER...] | joint SURVEY CODEBOOK CONDITION |
               speed LEARNER RUNS [SURVEY CODEBOOK CONDITION]

        """.utf8))
    exit(64)
  }
}
