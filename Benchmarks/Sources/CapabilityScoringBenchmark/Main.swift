import Foundation

/// How often the truly best capability is among the first three, how well intervals cover, how well held-out firms are
/// predicted, and how long it takes.
///
///     CapabilityScoringBenchmark truth FIRMS SEEDS KIND     priorities of simulated firms against their truth (JSON)
///     CapabilityScoringBenchmark ranks FIRMS SEEDS TRUTH    rank intervals of mean uplifts, TRUTH wine or reference (JSON)
///     CapabilityScoringBenchmark heldout SURVEY CODEBOOK CONDITION FOLDER
///                                                           encoded columns, folds and held-out scores as CSV
///     CapabilityScoringBenchmark encoded SURVEY CODEBOOK CONDITION FOLDER
///                                                           encoded columns and outcomes alone
@main
struct CapabilityScoringBenchmark {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "truth" where arguments.count == 4:
      guard let firms = Int(arguments[1]), let seeds = Int(arguments[2]) else { usage() }
      try TruthSuite(firms: firms, seeds: seeds, kind: arguments[3]).run()
    case "ranks" where arguments.count == 4:
      guard let firms = Int(arguments[1]), let seeds = Int(arguments[2]), ["wine", "reference"].contains(arguments[3])
      else { usage() }
      try RankSuite(firms: firms, seeds: seeds, truth: arguments[3]).run()
    case "heldout" where arguments.count == 5:
      try HeldOutSuite(
        survey: arguments[1], codebook: arguments[2], condition: arguments[3],
        folder: URL(fileURLWithPath: arguments[4])
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
        usage: truth FIRMS SEEDS KIND | ranks FIRMS SEEDS wine|reference |
               heldout|encoded SURVEY CODEBOOK CONDITION FOLDER

        """.utf8))
    exit(64)
  }
}
