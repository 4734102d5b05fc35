import Foundation
import ModelEvaluation
import StatisticalLearning

/// `ModelEvaluationBenchmark coverage [STUDIES [SEED [DESIGN]]]`: how often each interval holds the truth over simulated
/// studies, of all designs or those whose name holds a text.
/// `ModelEvaluationBenchmark time FILE [ROUNDS]`: seconds for metrics of the predictions in FILE: a count, then scores, then
/// outcomes, all raw doubles.
/// `ModelEvaluationBenchmark summary [ROWS]`: seconds that a benchmark of 10 × 5 folds spends on everything but fits.
@main
enum ModelEvaluationBenchmark {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "coverage":
      let studies = arguments.count > 1 ? Int(arguments[1]) ?? 1000 : 1000
      let seed = arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : 1
      let chosen = arguments.count > 3 ? arguments[3] : nil
      print(try coverage(studyCount: studies, seed: seed, chosen: chosen))
    case "time" where arguments.count > 1:
      print(try time(file: arguments[1], rounds: arguments.count > 2 ? Int(arguments[2]) ?? 5 : 5))
    case "summary":
      print(try summary(rowCount: arguments.count > 1 ? Int(arguments[1]) ?? 4000 : 4000))
    default:
      FileHandle.standardError.write(
        Data(
          "usage: ModelEvaluationBenchmark coverage [STUDIES [SEED [DESIGN]]] | time FILE [ROUNDS] | summary [ROWS]\n"
            .utf8))
      exit(64)
    }
  }

  static func coverage(studyCount: Int, seed: UInt64, chosen: String?) throws -> String {
    var lines: [String] = []
    for design in CoverageDesign.all where chosen.map({ design.name.contains($0) }) ?? true {
      let tally = design.run(studyCount: studyCount, seed: seed)
      lines += tally.sorted { $0.key < $1.key }.map { name, count in
        let share = Double(count.covered) / Double(max(count.defined, 1))
        return "    {\"design\": \"\(design.name)\", \"interval\": \"\(name)\", \"nominal\": 0.95, "
          + "\"coverage\": \(share), \"studies\": \(count.defined)}"
      }
    }
    return "{\"seed\": \(seed), \"studies\": \(studyCount), \"coverage\": [\n\(lines.joined(separator: ",\n"))\n]}"
  }

  static func time(file: String, rounds: Int) throws -> String {
    let data = try Data(contentsOf: URL(fileURLWithPath: file))
    let values = data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    let count = Int(values[0])
    let p = try BinaryPredictions(
      logOdds: Array(values[1...count]), outcomes: Array(values[(count + 1)...(2 * count)]))
    let clock = ContinuousClock()
    func median(_ body: () -> Double) -> (Double, Double) {
      var seconds: [Double] = []
      var value = 0.0
      for _ in 0..<rounds {
        let start = clock.now
        value = body()
        seconds.append((clock.now - start) / .seconds(1))
      }
      return (seconds.sorted()[rounds / 2], value)
    }
    let area = median { p.areaUnderROC ?? .nan }
    let delong = median { p.areaUnderROCInfluence()?.variance() ?? .nan }
    let loss = median { p.logLoss }
    return
      "{\"rows\": \(count), \"areaUnderROC\": [\(area.0), \(area.1)], \"delongVariance\": [\(delong.0), \(delong.1)], "
      + "\"logLoss\": [\(loss.0), \(loss.1)]}"
  }

  /// Ten candidates that only look up predictions, two outcomes, three groups, 999 permutations.
  static func summary(rowCount: Int) throws -> String {
    var generator = CounterBasedGenerator(seed: 1, purpose: "summary")
    let f = (0..<rowCount).map { _ in generator.normal() }
    let outcomes = ["innovation", "export"].map { name in
      BenchmarkOutcome(name: name, values: f.map { generator.uniform() < sigmoid($0) ? 1 : 0 })
    }
    let candidates = (0..<10).map { number in
      let scores = f.map { $0 + Double(number) / 4 * generator.normal() }
      return BenchmarkCandidate.predictions(name: "candidate \(number)", [[scores, scores]])
    }
    let folds = try FoldAssignment.stratified(
      strata: Strata.combinations(of: outcomes.map(\.values)), foldCount: 5, repeatCount: 10, seed: 1)
    var run = try BenchmarkRun(outcomes: outcomes, candidates: candidates, folds: folds, seed: 1)
    run.groupings = [.init(column: "country", labels: (0..<rowCount).map { ["AR", "CL", "FR"][$0 % 3] })]
    run.permutationCount = 999
    let clock = ContinuousClock()
    let start = clock.now
    let result = run.result()
    let seconds = (clock.now - start) / .seconds(1)
    return "{\"rows\": \(rowCount), \"seconds\": \(seconds), \"outcomes\": \(result.outcomes.count)}"
  }
}
