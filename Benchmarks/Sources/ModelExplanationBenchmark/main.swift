import BoostedTrees
import Foundation
import ModelExplanation
import StatisticalLearning

/// Times explanations of a peer's forest for a script that runs the peers on the same trees and rows.
///
///     ModelExplanationBenchmark MODE FOREST.csv COLUMNS ROWS.bin OTHER.bin VALUES.bin THREADS
///
/// MODE is `covers`, `interactions`, `background` (OTHER: the background's rows) or `permutation` (OTHER: one target 0 or
/// 1 per row; ten repeats, log-loss). Prints one line of JSON: seconds, and how far the values are from adding up; writes
/// the values as 64-bit floats, player by player. Building the explainer is inside the clock, reading files is not.
let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count == 7, let columnCount = Int(arguments[2]), let threadCount = Int(arguments[6]) else {
  print("usage: ModelExplanationBenchmark MODE FOREST.csv COLUMNS ROWS.bin OTHER.bin VALUES.bin THREADS")
  exit(64)
}
let forest = try Forest.read(arguments[1], featureCount: columnCount)
let rows = try Forest.rows(arguments[3], columnCount: columnCount)
let start = ContinuousClock.now
let startUsed = clock()
var residual = 0.0
let values: [Double]
switch arguments[0] {
case "covers":
  let result = try TreeExplainer(forest).values(for: rows, threadCount: threadCount)
  residual = result.additivityResidual
  values = result.values
case "interactions":
  let result = try TreeExplainer(forest).interactions(for: rows, threadCount: threadCount)
  residual = result.main.additivityResidual
  values = result.values
case "background":
  let background = try Forest.rows(arguments[4], columnCount: columnCount)
  let result = try TreeExplainer(forest, reference: .background(background))
    .values(for: rows, threadCount: threadCount)
  residual = result.additivityResidual
  values = result.values
case "permutation":
  let targets = try Forest.rows(arguments[4], columnCount: 1).elements
  let loss = LogisticLoss()
  let result = try PermutationImportance(
    of: forest, over: rows, grouping: FeatureGrouping(forest.features), repeatCount: 10, seed: 1,
    threadCount: threadCount
  ) { scores in
    var sum = 0.0
    for (score, target) in zip(scores, targets) { sum -= loss.value(rawScore: score, target: target) }
    return sum / Double(targets.count)
  }
  values = result.drops.flatMap { $0 }
default:
  print("unknown mode '\(arguments[0])'")
  exit(64)
}
let duration = ContinuousClock.now - start
let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
let used = Double(clock() - startUsed) / Double(CLOCKS_PER_SEC)
try Forest.write(values, to: arguments[5])
print("{\"seconds\": \(seconds), \"processor\": \(used), \"residual\": \(residual)}")
