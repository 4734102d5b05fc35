import StatisticalLearning

/// The linear part of a model, as trees that are already scaled by its share.
struct FittedLinearPart {
  var trees: [DecisionTree]
  /// Before scaling.
  var intercept: Double
  var penalty: Double
  var shares: BlendShares
}

extension BaggedBoosting {
  /// Fits the linear part, its penalty and the shares chosen on the rows that bags left out.
  ///
  /// A row's out-of-fold score is made of trees and coefficients that were fitted without it, and of a penalty and shares
  /// that were chosen on the rows of the other folds. Its outcome reaches its own score on one way only: bags that hold it
  /// say something of those other rows (leaving that way out too would take a second layer of bags). The number of rounds,
  /// where it is chosen, is one for all. The model itself uses the penalty and shares of all left-out rows.
  func blend(_ constraints: ColumnConstraints) {
    treesOutOfFold = outOfFoldScores { $0.scores(after: self.roundCount, where: $1) }
    outOfFold = treesOutOfFold
    guard request.parameters.blendsLinear, let bound = bags[0].loss.curvatureBound else { return }
    let design = LinearDesign(data, constraints)
    guard !design.terms.isEmpty, design.terms.count <= 1000 else { return }
    guard bagCount > 1 else { return blendWithoutLeftOutRows(design, bound) }

    let losses = linearPath(design, bound)
    func bestPenalty(without fold: Int? = nil) -> Int {
      let pooled = losses.map { pooledLoss($0, without: fold) }
      return pooled.indices.min { pooled[$0] < pooled[$1] }!
    }
    let trees = Parallel.map(count: bagCount, threadCount: request.threadCount) { self.leftOutRows($0) }
    var rowsAtPenalty: [Int: [LeftOutRows]] = [:]
    func rows(at penalty: Int) -> [LeftOutRows] {
      if let known = rowsAtPenalty[penalty] { return known }
      let rows = bags.indices.map { bag in
        var rows = trees[bag]
        let scores = bags[bag].linearScores(design, at: penalty)
        rows.linear = rows.units.map { scores[$0] }
        return rows
      }
      rowsAtPenalty[penalty] = rows
      return rows
    }

    let best = bestPenalty()
    let shares = BlendShares(fitting: rows(at: best), loss: bags[0].loss)
    var sums = [Double](repeating: 0, count: data.unitCount)
    var totals = sums
    for bag in bags.indices {
      var rows = rows(at: bestPenalty(without: bag))
      let own = rows.remove(at: bag)
      let shares = BlendShares(fitting: rows, loss: bags[0].loss, from: shares)
      for (row, unit) in own.units.enumerated() {
        let score = shares.score(base: own.base[row], linear: own.linear[row], trees: own.trees[row])
        sums[unit] += own.weights[row] * score
        totals[unit] += own.weights[row]
      }
    }
    outOfFold = zip(sums, totals).map { $0 / $1 }

    var coefficients = [Double](repeating: 0, count: design.terms.count + 1)
    for bag in bags {
      for (index, value) in bag.linearPath[best].enumerated() { coefficients[index] += value / Double(bagCount) }
    }
    setLinear(coefficients, design, curvature: bound, penalty: LinearPart.penalties[best], shares: shares)
  }

  private func pooledLoss(_ losses: [Double], without fold: Int?) -> Double {
    losses.indices.reduce(0.0) { $1 == fold ? $0 : $0 + losses[$1] }
  }

  /// The loss of each bag's left-out rows at penalties from strong to weak, until two in a row are no better than the
  /// best before them, with all bags and without any one.
  private func linearPath(_ design: LinearDesign, _ bound: Double) -> [[Double]] {
    var losses: [[Double]] = []
    let choices: [Int?] = [nil] + bags.indices.map { $0 }
    while losses.count < LinearPart.penalties.count {
      losses.append(
        Parallel.map(count: bagCount, threadCount: request.threadCount) { bag in
          self.bags[bag].extendLinearPath(design, curvatureBound: bound, heldOut: self.heldOutWeights[bag])
        })
      guard losses.count > 2 else { continue }
      let isPast = choices.allSatisfy { fold in
        let pooled = losses.map { pooledLoss($0, without: fold) }
        return pooled.suffix(2).allSatisfy { $0 >= pooled.dropLast(2).min()! }
      }
      if isPast { break }
    }
    return losses
  }

  /// One bag: a penalty by the weight of the rows, and one half each.
  private func blendWithoutLeftOutRows(_ design: LinearDesign, _ bound: Double) {
    let weights = (0..<data.unitCount).map { data.weight($0) }
    let range = LinearPart.penalties
    let penalty = min(range[0], max(range[range.count - 1], 64 / weights.reduce(0, +)))
    var coefficients = [Double](repeating: 0, count: design.terms.count + 1)
    coefficients[design.terms.count] = bags[0].baseScores[0]
    var part = LinearPart(design, weights: weights)
    part.fit(
      bags[0].loss, targets: data.targets, offsets: data.offsets, penalty: penalty, curvatureBound: bound,
      coefficients: &coefficients)
    setLinear(coefficients, design, curvature: bound, penalty: penalty, shares: .halves)
  }

  private func setLinear(
    _ coefficients: [Double], _ design: LinearDesign, curvature: Double, penalty: Double, shares: BlendShares
  ) {
    linear = FittedLinearPart(
      trees: design.trees(coefficients.map { $0 * shares.linear }, data, curvature: curvature),
      intercept: coefficients[design.terms.count], penalty: penalty, shares: shares)
  }

  /// The rows that a bag left out, with its trees' scores.
  private func leftOutRows(_ bag: Int) -> LeftOutRows {
    let weights = heldOutWeights[bag]
    let booster = bags[bag]
    let scores = booster.scores(after: roundCount) { weights[$0] > 0 }
    var rows = LeftOutRows()
    for unit in 0..<data.unitCount where weights[unit] > 0 {
      rows.units.append(unit)
      rows.weights.append(weights[unit])
      rows.targets.append(data.targets[unit])
      rows.base.append(booster.baseScores[0] + (data.offsets?[unit] ?? 0))
      rows.trees.append(scores[unit])
    }
    return rows
  }
}
