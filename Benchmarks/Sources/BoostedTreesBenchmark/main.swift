import BoostedTrees
import Foundation
import StatisticalLearning

/// Times and scores one fit for a script that runs peers on the same files.
///
///     BoostedTreesBenchmark fit TRAIN.csv TEST.csv TARGET [NAME=VALUE ...]
///
/// prints one line of JSON: seconds of fitting (the least of `repeats`), log-loss on the test table, rounds.
/// `NAME=VALUE` sets a parameter; without any that shapes trees the preset is used.
func logLoss(_ logOdds: [Double], _ targets: [Double]) -> Double {
  let loss = LogisticLoss()
  return zip(logOdds, targets).reduce(0) { $0 + loss.value(rawScore: $1.0, target: $1.1) } / Double(targets.count)
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  let duration = ContinuousClock.now - start
  return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count >= 4, ["fit", "uplift"].contains(arguments[0]) else {
  print("usage: BoostedTreesBenchmark fit|uplift TRAIN.csv TEST.csv TARGET [NAME=VALUE ...]")
  exit(64)
}
var settings: [String: String] = [:]
for argument in arguments.dropFirst(4) {
  let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
  settings[parts[0]] = parts.count > 1 ? parts[1] : "true"
}
let ignored = Set((settings["ignore"] ?? "").split(separator: ",").map(String.init))
var categorical: [String: Int] = [:]
for entry in (settings["categorical"] ?? "").split(separator: ",") {
  let parts = entry.split(separator: ":")
  categorical[String(parts[0])] = Int(parts[1])
}
let isUplift = arguments[0] == "uplift"
let target = isUplift ? "innovation" : arguments[3]
if isUplift { settings["ignore"] = nil }
let train = try Table(path: arguments[1]).dataset(target: target, ignoring: ignored, categorical: categorical)

var learner = BoostedTrees(seed: UInt64(settings["seed"] ?? "0")!, threadCount: Int(settings["threads"] ?? "1")!)
var parameters =
  settings["preset"] == "none"
  ? BoostingParameters() : BoostingParameters.preset(rowCount: train.rowCount, featureCount: train.featureCount)
for (name, value) in settings {
  switch name {
  case "learningRate": parameters.learningRate = Double(value)!
  case "treeCount": parameters.treeCount = Int(value)!
  case "leafCount": parameters.leafCount = Int(value)!
  case "maximumDepth": parameters.maximumDepth = Int(value)!
  case "l1": parameters.l1 = Double(value)!
  case "l2": parameters.l2 = Double(value)!
  case "minimumGain": parameters.minimumGain = Double(value)!
  case "minimumRowsPerLeaf": parameters.minimumRowsPerLeaf = Int(value)!
  case "minimumHessianPerLeaf": parameters.minimumHessianPerLeaf = Double(value)!
  case "rowShare": parameters.rowShare = Double(value)!
  case "columnShare": parameters.columnShare = Double(value)!
  case "maximumBinCount": parameters.maximumBinCount = Int(value)
  case "bagCount": parameters.bagCount = Int(value)!
  case "stopsEarly": parameters.stopsEarly = value == "true"
  case "blendsLinear": parameters.blendsLinear = value == "true"
  case "refitsLeaves": parameters.refitsLeaves = value == "true"
  case "growth": parameters.growth = TreeGrowth(rawValue: value)!
  default: break
  }
}
learner.parameters = parameters
if isUplift {
  let table = try Table(path: arguments[1])
  let lines = try String(contentsOfFile: arguments[2], encoding: .utf8).split(separator: "\n").dropFirst()
  let best = lines.map { Int($0.split(separator: ",")[1].dropFirst())! - 1 }
  if settings["monotone"] == "true" {
    for name in table.names where name.hasPrefix("c") { learner.monotone[name] = .increasing }
  }
  if settings["additive"] == "true" {
    learner.interactionGroups = table.names.filter { $0.hasPrefix("c") }.map { [$0] }
  }
  let hits = try upliftHits(train: table, best: best, learner: learner)
  print("{\"top3\": \(hits.top3), \"top1\": \(hits.top1), \"zero\": \(hits.zero)}")
  exit(0)
}
let test = try Table(path: arguments[2]).dataset(target: target, ignoring: ignored, categorical: categorical)
var times: [Double] = []
var model: BoostedTreesModel?
for _ in 0..<Int(settings["repeats"] ?? "1")! { times.append(try seconds { model = try learner.fit(train) }) }
var scores: [Double] = []
let prediction = seconds { scores = model!.logOdds(for: test.matrix) }
let outOfFold = model!.outOfFoldLogOdds.map { logLoss($0, train.targets) } ?? .nan
print(
  "{\"seconds\": \(times.min()!), \"log_loss\": \(logLoss(scores, test.targets)), \"rounds\": "
    + "\(model!.trainingRecord!.roundCount), \"out_of_fold\": \(outOfFold.isNaN ? "null" : "\(outOfFold)"), "
    + "\"share\": \(model!.trainingRecord!.linearShare), \"prediction\": \(prediction)}")
