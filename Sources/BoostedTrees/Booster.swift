import StatisticalLearning

/// Boosting rounds of one bag. Not shared between threads.
final class Booster<L: BoostingLoss> {
  let data: BinnedDataset
  let parameters: BoostingParameters
  private(set) var loss: L
  private(set) var baseScores: [Double]
  /// The trees of each round, output by output.
  private(set) var trees: [GrownTree] = []
  /// Raw scores of every unit, held out or not, output by output.
  private(set) var scores: [Double]

  private let grower: TreeGrower
  private let workers: Workers
  private var multipliers: [Int64]
  private let constraints: ColumnConstraints
  private let bag: Int
  private let folds: FoldAssignment?
  private let seed: UInt64
  private var gradients: [Double]
  private var hessians: [Double]
  private var sums: [Sums]
  private var weights: [Double]
  /// Scores before the first tree.
  private var startScores: [Double]
  private(set) var linearPath: [[Double]] = []

  /// - Parameters:
  ///   - multipliers: How often each unit counts in this bag.
  ///   - folds: Which copies are left out, when rows are drawn for each tree.
  ///   - threadCount: For this bag, while others have their own.
  init(
    _ data: BinnedDataset, loss: L, parameters: BoostingParameters, constraints: ColumnConstraints,
    multipliers: [Int64], bag: Int, folds: FoldAssignment?, seed: UInt64, threadCount: Int
  ) {
    self.data = data
    workers = Workers(threadCount: threadCount)
    self.parameters = parameters
    self.multipliers = multipliers
    self.constraints = constraints
    self.bag = bag
    self.folds = folds
    self.seed = seed
    var loss = loss
    weights =
      data.realWeights.map { real in zip(real, multipliers).map { $1 > 0 ? $0 : 0 } } ?? multipliers.map(Double.init)
    // A bag without one of the classes starts where all rows would.
    let allWeights = (0..<data.unitCount).map { data.weight($0) }
    let isLearnable = (try? loss.check(targets: data.targets, weights: weights)) != nil
    baseScores = loss.baseScores(
      targets: data.targets, weights: isLearnable ? weights : allWeights, offsets: data.offsets)
    self.loss = loss
    let unitCount = data.unitCount
    scores = baseScores.flatMap { base in
      data.offsets.map { $0.map { $0 + base } } ?? [Double](repeating: base, count: unitCount)
    }
    startScores = scores
    gradients = [Double](repeating: 0, count: scores.count)
    hessians = gradients
    sums = [Sums](repeating: Sums(), count: unitCount)
    grower = TreeGrower(data, parameters, constraints, workers)
  }

  /// Fits the linear part at every penalty.
  ///
  /// - Returns: Σ weight · loss of left-out units at each.
  func fitLinearPath(_ design: LinearDesign, curvatureBound: Double, heldOut: [Double]) -> [Double] {
    let start = LinearPart(design, weights: weights)
    var coefficients = [Double](repeating: 0, count: design.terms.count + 1)
    coefficients[design.terms.count] = baseScores[0]
    return LinearPart.penalties.map { penalty in
      start.fit(
        loss, targets: data.targets, offsets: data.offsets, penalty: penalty, curvatureBound: curvatureBound,
        coefficients: &coefficients)
      linearPath.append(coefficients)
      return totalLoss(LinearPart.scores(design, coefficients, offsets: data.offsets), weights: heldOut)
    }
  }

  /// Raw scores of every unit by a point of the linear path.
  func linearScores(_ design: LinearDesign, at index: Int) -> [Double] {
    LinearPart.scores(design, linearPath[index], offsets: data.offsets)
  }

  var roundCount: Int { trees.count / loss.outputCount }

  /// One more round: a tree per output.
  func advance() {
    let unitCount = data.unitCount
    let round = roundCount
    let drawn = parameters.rowShare < 1 ? draw(round) : multipliers
    let columns = drawColumns(round)
    derivatives()
    for output in 0..<loss.outputCount {
      let quantized = quantize(output, drawn)
      sums.withUnsafeBufferPointer { sums in
        trees.append(
          grower.grow(
            sums: sums.baseAddress!, total: quantized.total, scales: quantized.scales, columns: columns))
        scores.withUnsafeMutableBufferPointer { scores in
          grower.addScores(
            scores.baseAddress! + output * unitCount, scale: parameters.learningRate, sums: sums.baseAddress!)
        }
      }
    }
    scores.withUnsafeBufferPointer { scores in
      loss.update(rawScores: scores.baseAddress!, targets: data.targets, weights: weights, rowCount: unitCount)
    }
  }

  /// Estimates the leaf values of the first rounds again on all rows.
  func refitLeaves(roundCount: Int) {
    let unitCount = data.unitCount
    multipliers = data.allMultipliers
    weights = (0..<unitCount).map { data.weight($0) }
    baseScores = loss.baseScores(targets: data.targets, weights: weights, offsets: data.offsets)
    scores = baseScores.flatMap { base in
      data.offsets.map { $0.map { $0 + base } } ?? [Double](repeating: base, count: unitCount)
    }
    let outputCount = loss.outputCount
    trees.removeLast(trees.count - roundCount * outputCount)
    var leaves = [Int32](repeating: 0, count: unitCount)
    for round in 0..<roundCount {
      derivatives()
      for output in 0..<outputCount {
        let quantized = quantize(output, multipliers)
        let refit = LeafRefit(
          data: data, constraints: constraints, objective: LeafObjective(parameters, data, quantized.scales),
          missingBins: grower.missingBins)
        let index = round * outputCount + output
        refit.refit(&trees[index], sums: sums, leafOfUnit: &leaves)
        for unit in 0..<unitCount {
          scores[output * unitCount + unit] += trees[index].nodes[Int(leaves[unit])].value * parameters.learningRate
        }
      }
      loss.update(rawScores: scores, targets: data.targets, weights: weights, rowCount: unitCount)
    }
  }

  /// Rounds the derivatives of an output.
  private func quantize(_ output: Int, _ multipliers: [Int64]) -> QuantizedDerivatives {
    let unitCount = data.unitCount
    var quantized = QuantizedDerivatives()
    gradients.withUnsafeBufferPointer { gradients in
      hessians.withUnsafeBufferPointer { hessians in
        sums.withUnsafeMutableBufferPointer { sums in
          quantized.quantize(
            gradients: gradients.baseAddress! + output * unitCount,
            hessians: hessians.baseAddress! + output * unitCount, multipliers: multipliers,
            counts: data.realWeights == nil ? nil : data.counts, weights: data.realWeights, unitCount: unitCount,
            workers: workers, into: sums.baseAddress!)
        }
      }
    }
    return quantized
  }

  private func derivatives() {
    let unitCount = data.unitCount
    let loss = self.loss
    scores.withUnsafeBufferPointer { scores in
      data.targets.withUnsafeBufferPointer { targets in
        gradients.withUnsafeMutableBufferPointer { gradients in
          hessians.withUnsafeMutableBufferPointer { hessians in
            let all = Shared(
              (scores.baseAddress!, targets.baseAddress!, gradients.baseAddress!, hessians.baseAddress!))
            // Several outputs lie one after the other, which no part of the rows does.
            let minimum = loss.outputCount == 1 ? 1 << 16 : unitCount
            workers.forRuns(unitCount, minimum: minimum) { _, run in
              let (scores, targets, gradients, hessians) = all.value
              loss.derivatives(
                rawScores: scores + run.lowerBound, targets: targets + run.lowerBound, rowCount: run.count,
                gradients: gradients + run.lowerBound, hessians: hessians + run.lowerBound)
            }
          }
        }
      }
    }
  }

  /// How often each unit counts in a round that draws rows: copies are drawn one by one, by what they hold.
  private func draw(_ round: Int) -> [Int64] {
    let key = mixed(seed ^ stableHash("rows")) &+ UInt64(bag) << 32 &+ UInt64(round)
    let share = parameters.rowShare
    var result = [Int64](repeating: 0, count: data.unitCount)
    for unit in 0..<data.unitCount where multipliers[unit] > 0 {
      var count: Int64 = 0
      for copy in 0..<data.copyCount(unit) where folds?.fold(unit, Int(copy)) != bag {
        if uniform(data.keys[unit] &+ UInt64(data.firstCopies[unit]) &+ UInt64(copy), key) < share {
          count += data.copyWeight(unit, copy)
        }
      }
      result[unit] = count
    }
    return result.contains { $0 > 0 } ? result : multipliers
  }

  /// The columns of a round: those with the smallest numbers drawn by name.
  private func drawColumns(_ round: Int) -> [Int] {
    let all = Array(0..<data.columnCount)
    guard parameters.columnShare < 1 else { return all }
    let count = max(1, Int((parameters.columnShare * Double(data.columnCount)).rounded()))
    let key = mixed(seed ^ stableHash("columns")) &+ UInt64(bag) << 32 &+ UInt64(round)
    let draws = all.map { uniform(stableHash(data.features[data.columnOrder[$0]].name), key) }
    return all.sorted { (draws[$0], $0) < (draws[$1], $1) }.prefix(count).sorted()
  }

  /// Σ weight · loss over units, at the current scores.
  func totalLoss(weights: [Double]) -> Double { totalLoss(scores, weights: weights) }

  private func totalLoss(_ scores: [Double], weights: [Double]) -> Double {
    let unitCount = data.unitCount
    return scores.withUnsafeBufferPointer { scores in
      var total = 0.0
      for unit in 0..<unitCount where weights[unit] > 0 {
        total +=
          weights[unit]
          * loss.value(rawScores: scores.baseAddress! + unit, stride: unitCount, target: data.targets[unit])
      }
      return total
    }
  }

  /// Scores after the first `roundCount` rounds, of the units where `isWanted`; the others keep those of the start.
  func scores(after roundCount: Int, where isWanted: (Int) -> Bool) -> [Double] {
    if roundCount == self.roundCount { return scores }
    let unitCount = data.unitCount
    let outputCount = loss.outputCount
    var result = startScores
    for unit in 0..<unitCount where isWanted(unit) {
      for (index, tree) in trees.prefix(roundCount * outputCount).enumerated() {
        let leaf = tree.leaf(of: unit, in: data, missingBins: grower.missingBins)
        result[index % outputCount * unitCount + unit] += tree.nodes[leaf].value * parameters.learningRate
      }
    }
    return result
  }
}
