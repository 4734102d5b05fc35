import Foundation

/// Fits boosted trees as a script asks, so that it can score them beside its peers on the same rows.
///
///     BoostedTreesAccuracyBenchmark fit        one fit per line of standard input, see ``FitJob``
///     BoostedTreesAccuracyBenchmark uplift     one simulated survey per line, see ``UpliftJob``
///
/// Each line is a job in JSON; each answer is a line of JSON on standard output, in the same order.
@main
struct BoostedTreesAccuracyBenchmark {
  static func main() throws {
    switch Array(CommandLine.arguments.dropFirst()) {
    case ["fit"]: try answer(FitJob.self) { try $0.run() }
    case ["uplift"]: try answer(UpliftJob.self) { try $0.run() }
    default:
      FileHandle.standardError.write(Data("usage: BoostedTreesAccuracyBenchmark fit|uplift\n".utf8))
      exit(64)
    }
  }

  private static func answer<Job: Decodable, Answer: Encodable>(
    _ type: Job.Type, _ run: (Job) throws -> Answer
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    while let line = readLine() {
      let job = try JSONDecoder().decode(type, from: Data(line.utf8))
      FileHandle.standardOutput.write(try encoder.encode(run(job)) + Data("\n".utf8))
    }
  }
}
