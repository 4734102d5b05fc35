import Foundation
import LinearModels
import StatisticalLearning

// One task per call; data made and read outside the clock; one JSON object on standard output.

struct Output: Encodable {
  var seconds: [Double]
  var processorSeconds: [Double]
  var strengths: [Double] = []
  var relativeDualityGaps: [Double] = []
  var kktResiduals: [Double] = []
  var passCounts: [Int] = []
  /// Intercept first, one row per strength.
  var coefficients: [[Double]] = []
  var chosenStrength: Double?
  var logLikelihood: Double?

  init(_ timings: Timings) {
    seconds = timings.seconds
    processorSeconds = timings.processorSeconds
  }
}

func emit(_ output: Output) throws {
  let encoder = JSONEncoder()
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  FileHandle.standardOutput.write(try encoder.encode(output))
}

let arguments = Arguments(CommandLine.arguments)
let repeats = arguments.integer("repeats", default: 1)
let shape = PenaltyShape(l1Ratio: arguments.number("l1-ratio", default: 1))
let tolerance = arguments.number("tolerance", default: 1e-8)
let threadCount = arguments.integer("threads", default: 1)

switch arguments.task {
case "path", "one-hot", "one-hot-expanded":
  let dataset: OneHotDataset
  switch arguments.task {
  case "path": dataset = OneHotDataset(try arguments.dataset())
  case "one-hot": dataset = try arguments.oneHotDataset()
  default: dataset = OneHotDataset(try arguments.oneHotDataset().expanded())
  }
  let learner = LogisticRegressionPath(
    shape: shape, strengths: .values(try arguments.numbers("strengths")), tolerance: tolerance)
  let (timings, path) = try timed(repeats) { try learner.fit(dataset) }
  var output = Output(timings)
  output.strengths = path.models.map { $0.penaltyStrength! }
  output.relativeDualityGaps = path.models.map { $0.record!.relativeDualityGap }
  output.kktResiduals = path.models.map { $0.record!.kktResidual }
  output.passCounts = path.models.map { $0.record!.passCount }
  output.coefficients = path.models.map { [$0.intercept] + $0.coefficients }
  try emit(output)
case "ordinal-cross-validation":
  let dataset = try arguments.dataset()
  let learner = CrossValidatedOrdinalRegression(
    shape: shape, strengths: .automatic(count: arguments.integer("count", default: 50), ratio: 1e-3),
    tolerance: tolerance, folds: .random(count: 10, seed: 1), threadCount: threadCount)
  let (timings, result) = try timed(repeats) { try learner.fit(dataset) }
  var output = Output(timings)
  output.chosenStrength = result.chosenStrength
  output.strengths = result.curve.strengths
  output.relativeDualityGaps = result.path.map(\.record.relativeDualityGap)
  try emit(output)
case "cross-validation":
  let dataset = try arguments.dataset()
  let learner = CrossValidatedLogisticRegression(
    path: LogisticRegressionPath(
      shape: shape, strengths: .values(try arguments.numbers("strengths")), tolerance: tolerance),
    folds: try arguments.numbers("folds").map { Int($0) }, threadCount: threadCount)
  let (timings, result) = try timed(repeats) { try learner.fit(dataset) }
  var output = Output(timings)
  output.chosenStrength = result.chosenStrength
  try emit(output)
case "bootstrap":
  let dataset = try arguments.dataset()
  let replicateCount = arguments.integer("replicates", default: 500)
  let all = try arguments.numbers("counts")
  let n = dataset.rowCount
  let batch = try FitBatch(
    dataset, replicateWeights: (0..<replicateCount).map { Array(all[$0 * n..<($0 + 1) * n]) })
  let learner = LogisticRegressionPath(
    shape: shape, strengths: .automatic(count: arguments.integer("count", default: 50)), tolerance: tolerance)
  let (timings, fits) = timed(repeats) { learner.fit(batch, threadCount: threadCount) }
  var output = Output(timings)
  output.passCounts = try fits[0].map { try $0.get().models.count }
  try emit(output)
case "ridge-replicates":
  let dataset = try arguments.dataset()
  let n = dataset.rowCount
  let weights = (0..<arguments.integer("replicates", default: 200)).map { replicate -> [Double] in
    var generator = CounterBasedGenerator(seed: 1, purpose: "bootstrap", index: replicate)
    return generator.bootstrapCounts(n).map(Double.init)
  }
  let second = dataset.targets.indices.map { dataset.matrix[$0, 0] > 0 ? dataset.targets[$0] : 1 - dataset.targets[$0] }
  let batch = try FitBatch(
    dataset, outcomes: [(dataset.targets, nil), (second, nil)], replicateWeights: weights)
  let learner = CrossValidatedLogisticRegression(
    path: LogisticRegressionPath(strengths: .automatic(count: arguments.integer("count", default: 25))),
    folds: .random(count: arguments.integer("fold-count", default: 5), seed: 1))
  let (timings, fits) = timed(repeats) { learner.fit(batch, threadCount: threadCount) }
  var output = Output(timings)
  output.strengths = try fits.joined().map { try $0.get().chosenStrength }
  try emit(output)
case "ordinal":
  let dataset = try arguments.dataset()
  let learner = OrdinalRegression(penalty: ElasticNetPenalty(strength: 0))
  let (timings, estimates) = try timed(repeats) { try learner.estimate(dataset) }
  var output = Output(timings)
  output.coefficients = [estimates.model.coefficients]
  output.logLikelihood = estimates.logLikelihood
  try emit(output)
case "coverage":
  let coverage = try Coverage(
    surveys: arguments.integer("surveys", default: 1000), rows: arguments.integer("rows", default: 300), seed: 1,
    threadCount: threadCount)
  FileHandle.standardOutput.write(try JSONEncoder().encode(coverage))
default:
  let tasks = [
    "path", "one-hot", "one-hot-expanded", "cross-validation", "bootstrap", "ridge-replicates", "ordinal",
    "ordinal-cross-validation", "coverage",
  ]
  FileHandle.standardError.write(Data("tasks: \(tasks.joined(separator: ", "))\n".utf8))
  exit(64)
}
