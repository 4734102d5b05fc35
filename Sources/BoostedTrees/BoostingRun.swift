import StatisticalLearning

/// What a learner asks of boosting, whatever its loss.
struct BoostingRequest: Sendable {
  var parameters: BoostingParameters
  var monotone: [String: MonotoneDirection]
  var interactionGroups: [[String]]
  var seed: UInt64
  var threadCount: Int
  /// Whether targets are classes.
  var isClassification: Bool
  /// Of the columns, where a batch knows them.
  var ranks: ColumnRanks?
}

/// What boosting found.
struct BoostingResult<L: BoostingLoss> {
  var ensemble: TreeEnsemble
  var compiled: CompiledEnsemble
  /// The loss of each bag with the parameters it estimated.
  var losses: [L]
  /// Raw scores of each row by the bags that did not see it, output by output; `nil` with one bag.
  var outOfFoldScores: [Double]?
  var record: TrainingRecord
}

/// Boosts on a dataset: bins, folds, bags, early stopping, and the mean of the bags.
func boost<L: BoostingLoss>(
  _ dataset: Dataset, loss: L, _ request: BoostingRequest
) throws(TrainingError) -> BoostingResult<L> {
  try grownRun(dataset, loss: loss, request).result(dataset)
}

/// Boosts with each of several requests, and keeps the result of the smallest loss on the rows that bags left out. One goes
/// before those above it in the list only where its loss is lower by a share of 20 over the number of rows: a number of
/// rounds that was chosen on the same rows makes losses look better than they are.
///
/// - Parameter requests: At least one.
func boostBest<L: BoostingLoss>(
  _ dataset: Dataset, loss: L, _ requests: [BoostingRequest]
) throws(TrainingError) -> BoostingResult<L> {
  let margin = 20 / Double(max(dataset.weights.count { $0 > 0 }, 1))
  var best: BaggedBoosting<L>?
  for request in requests {
    let run = try grownRun(dataset, loss: loss, request)
    if best.map({ run.heldOutLoss < (1 - margin) * $0.heldOutLoss }) ?? true { best = run }
  }
  return try best!.result(dataset)
}

/// The same fit twice: whole, and its trees without the linear part, as a fit that asks for none would find them.
func boostWithAndWithoutLinearPart<L: BoostingLoss>(
  _ dataset: Dataset, loss: L, _ request: BoostingRequest
) throws(TrainingError) -> (whole: BoostingResult<L>, trees: BoostingResult<L>) {
  let run = try grownRun(dataset, loss: loss, request)
  let whole = try run.result(dataset)
  run.dropLinearPart()
  return (whole, try run.result(dataset))
}

/// A run whose bags have grown, and its linear part.
private func grownRun<L: BoostingLoss>(
  _ dataset: Dataset, loss: L, _ request: BoostingRequest
) throws(TrainingError) -> BaggedBoosting<L> {
  let parameters = request.parameters
  try parameters.validate()
  guard request.threadCount >= 1 else {
    throw .invalidParameter(name: "threadCount", value: "\(request.threadCount)", expected: "a whole number ≥ 1")
  }
  guard dataset.featureCount > 0 else { throw .noFeatures }
  guard dataset.weights.contains(where: { $0 > 0 }) else { throw .noRows }
  try loss.check(targets: dataset.targets, weights: dataset.weights)
  let data = try BinnedDataset(
    dataset, maximumBinCount: parameters.maximumBinCount, sharesDraws: request.isClassification,
    threadCount: request.threadCount, ranks: request.ranks)
  let constraints = try ColumnConstraints(
    data.features, order: data.columnOrder, monotone: request.monotone, groups: request.interactionGroups)

  let copyCount = (0..<data.unitCount).reduce(0) { $0 + Int(data.copyCount($1)) }
  let bagCount = min(parameters.bagCount, copyCount)
  let run = BaggedBoosting(data, loss: loss, request, constraints, bagCount: bagCount)
  run.grow()
  run.blend(constraints)
  return run
}

/// The bags of one fit.
final class BaggedBoosting<L: BoostingLoss>: @unchecked Sendable {
  let data: BinnedDataset
  private(set) var request: BoostingRequest
  let bagCount: Int
  let folds: FoldAssignment?
  /// Each bag belongs to one thread at a time, which is why this class may be shared.
  let bags: [Booster<L>]
  let heldOutWeights: [[Double]]
  private(set) var roundCount = 0
  var linear: FittedLinearPart?
  /// By unit, output by output.
  var outOfFold: [Double]?
  /// The same by the trees alone.
  var treesOutOfFold: [Double]?
  private(set) var heldOutLosses: [Double] = []
  private var hasRefittedLeaves = false

  init(
    _ data: BinnedDataset, loss: L, _ request: BoostingRequest, _ constraints: ColumnConstraints, bagCount: Int
  ) {
    self.data = data
    self.request = request
    self.bagCount = bagCount
    let parameters = request.parameters
    let folds =
      bagCount > 1
      ? FoldAssignment(
        data, foldCount: bagCount, isStratified: request.isClassification,
        keepsCopiesTogether: parameters.keepsCopiesTogether, seed: request.seed) : nil
    self.folds = folds
    var bags: [Booster<L>] = []
    var heldOut: [[Double]] = []
    for bag in 0..<bagCount {
      let multipliers = folds?.multipliers(data, leavingOut: bag) ?? (inside: data.allMultipliers, outside: [])
      bags.append(
        Booster(
          data, loss: loss, parameters: parameters, constraints: constraints, multipliers: multipliers.inside,
          bag: bag, folds: folds, seed: request.seed,
          threadCount: max(1, request.threadCount / bagCount)))
      heldOut.append(
        multipliers.outside.indices.map { unit in
          data.realWeights.map { multipliers.outside[unit] > 0 ? $0[unit] : 0 } ?? Double(multipliers.outside[unit])
        })
    }
    self.bags = bags
    heldOutWeights = heldOut
  }

  /// All bags go on together, so that the number of rounds is judged by all left-out rows.
  func grow() {
    let parameters = request.parameters
    let stopsEarly = parameters.stopsEarly && bagCount > 1
    let chunk = stopsEarly ? 20 : max(parameters.treeCount, 1)
    let patience = max(20, Int(2 / parameters.learningRate))
    roundCount = 0
    if stopsEarly {
      heldOutLosses = [bags.indices.reduce(0.0) { $0 + bags[$1].totalLoss(weights: heldOutWeights[$1]) }]
    }
    while roundCount < parameters.treeCount {
      let rounds = min(chunk, parameters.treeCount - roundCount)
      let losses = Parallel.map(count: bagCount, threadCount: request.threadCount) { bag -> [Double] in
        var losses: [Double] = []
        for _ in 0..<rounds {
          self.bags[bag].advance()
          if stopsEarly { losses.append(self.bags[bag].totalLoss(weights: self.heldOutWeights[bag])) }
        }
        return losses
      }
      roundCount += rounds
      guard stopsEarly else { continue }
      for round in 0..<rounds { heldOutLosses.append(losses.reduce(0.0) { $0 + $1[round] }) }
      let best = heldOutLosses.indices.min { heldOutLosses[$0] < heldOutLosses[$1] }!
      if roundCount - best >= patience { break }
    }
    if stopsEarly { roundCount = heldOutLosses.indices.min { heldOutLosses[$0] < heldOutLosses[$1] }! }
  }

  /// Of the trees alone after the chosen number of rounds, over the rows that bags left out; infinite with one bag.
  var heldOutLoss: Double {
    guard bagCount > 1 else { return .infinity }
    if !heldOutLosses.isEmpty { return heldOutLosses[roundCount] }
    return bags.indices.reduce(0.0) { $0 + bags[$1].totalLoss(weights: heldOutWeights[$1]) }
  }

  /// What is left are the trees: those of a run that asked for no linear part.
  func dropLinearPart() {
    request.parameters.blendsLinear = false
    linear = nil
    outOfFold = treesOutOfFold
  }

  func result(_ dataset: Dataset) throws(TrainingError) -> BoostingResult<L> {
    let outputCount = bags[0].loss.outputCount
    if request.parameters.refitsLeaves, bagCount > 1, !hasRefittedLeaves {
      hasRefittedLeaves = true
      _ = Parallel.map(count: bagCount, threadCount: request.threadCount) { bag in
        self.bags[bag].refitLeaves(roundCount: self.roundCount)
      }
    }
    var trees = linear?.trees ?? []
    let shares = linear?.shares ?? BlendShares(linear: 0, trees: 1)
    let scale = shares.trees * request.parameters.learningRate / Double(bagCount)
    for bag in bags {
      for tree in bag.trees.prefix(roundCount * outputCount) {
        guard let tree = tree.decisionTree(in: data, scale: scale) else {
          throw .invalidParameter(name: "targets", value: "beyond the range of numbers", expected: "moderate values")
        }
        trees.append(tree)
      }
    }
    let baseScores = (0..<outputCount).map { output in
      let base = bags.reduce(0.0) { $0 + $1.baseScores[output] } / Double(bagCount)
      return shares.score(base: base, linear: linear?.intercept ?? base, trees: base)
    }
    let ensemble: TreeEnsemble
    do {
      ensemble = try TreeEnsemble(trees: trees, baseScores: baseScores, features: data.features)
    } catch {
      throw .invalidParameter(name: "targets", value: "beyond the range of numbers", expected: "moderate values")
    }
    let totalWeight = (0..<data.unitCount).reduce(0.0) { $0 + data.weight($1) }
    let record = TrainingRecord(
      parameters: request.parameters, seed: request.seed, monotone: request.monotone,
      interactionGroups: request.interactionGroups, rowCount: dataset.weights.count { $0 > 0 },
      totalWeight: totalWeight, bagCount: bagCount, roundCount: roundCount, linearPenalty: linear?.penalty,
      linearShare: shares.linear, treeShare: shares.trees,
      heldOutLosses: heldOutLosses.map { $0 / totalWeight })
    let compiled = CompiledEnsemble(ensemble)
    return BoostingResult(
      ensemble: ensemble, compiled: compiled, losses: bags.map(\.loss),
      outOfFoldScores: outOfFold.map { rows(of: $0, dataset, ensemble, compiled) }, record: record)
  }

  /// Each unit's raw scores by the bags that left it out.
  func outOfFoldScores(_ scores: (Booster<L>, (Int) -> Bool) -> [Double]) -> [Double]? {
    guard bagCount > 1 else { return nil }
    let outputCount = bags[0].loss.outputCount
    let unitCount = data.unitCount
    var units = [Double](repeating: 0, count: unitCount * outputCount)
    var totals = [Double](repeating: 0, count: unitCount)
    for (bag, weights) in zip(bags, heldOutWeights) {
      let scores = scores(bag) { weights[$0] > 0 }
      for unit in 0..<unitCount where weights[unit] > 0 {
        totals[unit] += weights[unit]
        for output in 0..<outputCount {
          units[output * unitCount + unit] += weights[unit] * scores[output * unitCount + unit]
        }
      }
    }
    for index in units.indices { units[index] /= totals[index % unitCount] }
    return units
  }

  /// The scores of units by row; a row of weight 0 was left out by all bags.
  private func rows(
    of units: [Double], _ dataset: Dataset, _ ensemble: TreeEnsemble, _ compiled: CompiledEnsemble
  ) -> [Double] {
    let rowCount = dataset.rowCount
    let unseen = data.unitOfRow.indices.filter { data.unitOfRow[$0] < 0 }
    let unseenScores = unseen.isEmpty ? [] : ensemble.rawScores(for: dataset.matrix.selectingRows(unseen), compiled)
    var result = [Double](repeating: 0, count: rowCount * ensemble.outputCount)
    for output in 0..<ensemble.outputCount {
      for row in 0..<rowCount where data.unitOfRow[row] >= 0 {
        result[output * rowCount + row] = units[output * data.unitCount + Int(data.unitOfRow[row])]
      }
      for (index, row) in unseen.enumerated() {
        result[output * rowCount + row] = unseenScores[output * unseen.count + index] + (dataset.offsets?[row] ?? 0)
      }
    }
    return result
  }
}
