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

  private let partition: BagPartition
  /// One per form of histogram, made when it is needed.
  private var packedGrower: TreeGrower<PackedSums>?
  private var wideGrower: TreeGrower<Sums>?
  private let workers: Workers
  private var multipliers: [Int64]
  private let constraints: ColumnConstraints
  private var gradients: [Double]
  private var hessians: [Double]
  /// How often each unit counts in the current round.
  private var drawn: [Int64]
  private let draw: RoundDraw
  /// The leaf of each unit in each tree, where leaf values are estimated again and that is not too much to keep.
  private var nodesOfUnits: [UInt16] = []
  private let keepsNodes: Bool
  private var weights: [Double]
  /// Scores before the first tree.
  private var startScores: [Double]
  /// Coefficients at the penalties so far.
  private(set) var linearPath: [[Double]] = []
  private var linearPart: LinearPart?

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
    partition = BagPartition(data)
    drawn = multipliers
    draw = RoundDraw(data, parameters, bag: bag, folds: folds, seed: seed)
    keepsNodes =
      parameters.refitsLeaves && parameters.leafCount <= 1 << 15
      && unitCount * parameters.treeCount * loss.outputCount <= 1 << 22
  }

  /// Fits the linear part at the next penalty of the path.
  ///
  /// - Returns: Σ weight · loss of left-out units.
  func extendLinearPath(_ design: LinearDesign, curvatureBound: Double, heldOut: [Double]) -> Double {
    if linearPart == nil { linearPart = LinearPart(design, weights: weights) }
    var coefficients =
      linearPath.last ?? [Double](repeating: 0, count: design.terms.count) + [baseScores[0]]
    linearPart?.fit(
      loss, targets: data.targets, offsets: data.offsets, penalty: LinearPart.penalties[linearPath.count],
      curvatureBound: curvatureBound, coefficients: &coefficients)
    linearPath.append(coefficients)
    return totalLoss(LinearPart.scores(design, coefficients, offsets: data.offsets), weights: heldOut)
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
    draw.rows(round, multipliers, into: &drawn, partition)
    let columns = draw.columns(round)
    derivatives()
    for output in 0..<loss.outputCount {
      if keepsNodes { nodesOfUnits.append(contentsOf: repeatElement(0, count: unitCount)) }
      // The narrowest form that holds the derivatives of this round.
      if !addTree(&packedGrower, output, columns) { _ = addTree(&wideGrower, output, columns) }
    }
    scores.withUnsafeBufferPointer { scores in
      loss.update(rawScores: scores.baseAddress!, targets: data.targets, weights: weights, rowCount: unitCount)
    }
  }

  /// Grows a tree with histograms of a form.
  ///
  /// - Returns: Whether the form holds the derivatives.
  private func addTree<Cell: HistogramCell>(
    _ grower: inout TreeGrower<Cell>?, _ output: Int, _ columns: [Int]
  ) -> Bool {
    let grown = grower ?? TreeGrower<Cell>(data, parameters, constraints, partition, workers)
    let unitCount = data.unitCount
    let rows = partition.rows
    let quantized = gradients.withUnsafeBufferPointer { gradients in
      hessians.withUnsafeBufferPointer { hessians in
        drawn.withUnsafeBufferPointer { drawn in
          withOptionalPointer(data.realWeights == nil ? nil : data.counts) { counts in
            withOptionalPointer(data.realWeights) { weights in
              QuantizedDerivatives(
                QuantizedDerivatives.Source(
                  gradients: gradients.baseAddress! + output * unitCount,
                  hessians: hessians.baseAddress! + output * unitCount, units: rows.units(rows.all),
                  unitCount: rows.all.count, multipliers: drawn.baseAddress!, counts: counts, weights: weights),
                for: Cell.self, workers: workers, into: grown.addends)
            }
          }
        }
      }
    }
    guard let quantized else { return false }
    grower = grown
    trees.append(grown.grow(quantized, columns: columns))
    scores.withUnsafeMutableBufferPointer { scores in
      nodesOfUnits.withUnsafeMutableBufferPointer { nodes in
        grown.addScores(
          scores.baseAddress! + output * unitCount, scale: parameters.learningRate,
          nodeOfUnit: keepsNodes ? nodes.baseAddress! + (trees.count - 1) * unitCount : nil)
      }
    }
    return true
  }

  private func withOptionalPointer<Element, Result>(
    _ elements: [Element]?, _ body: (UnsafePointer<Element>?) -> Result
  ) -> Result {
    guard let elements else { return body(nil) }
    return elements.withUnsafeBufferPointer { body($0.baseAddress) }
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
    var refit = LeafRefit(data, constraints, parameters, weights: weights)
    for round in 0..<roundCount {
      derivatives()
      for output in 0..<outputCount {
        let index = round * outputCount + output
        if keepsNodes {
          nodesOfUnits.withUnsafeBufferPointer {
            refitLeaves(&refit, index, output, $0.baseAddress! + index * unitCount)
          }
        } else {
          refitLeaves(&refit, index, output, trees[index].leaves(in: data, workers))
        }
      }
      loss.update(rawScores: scores, targets: data.targets, weights: weights, rowCount: unitCount)
    }
  }

  /// - Parameter nodeOfUnit: The leaf of each unit in the tree.
  private func refitLeaves<Index: FixedWidthInteger>(
    _ refit: inout LeafRefit, _ tree: Int, _ output: Int, _ nodeOfUnit: UnsafePointer<Index>
  ) {
    let unitCount = data.unitCount
    gradients.withUnsafeBufferPointer { gradients in
      hessians.withUnsafeBufferPointer { hessians in
        refit.refit(
          &trees[tree], gradients: gradients.baseAddress! + output * unitCount,
          hessians: hessians.baseAddress! + output * unitCount, nodeOfUnit: nodeOfUnit)
      }
    }
    let values = trees[tree].nodes.map { $0.value * parameters.learningRate }
    scores.withUnsafeMutableBufferPointer { scores in
      values.withUnsafeBufferPointer { values in
        let scores = scores.baseAddress! + output * unitCount
        for unit in 0..<unitCount { scores[unit] += values[Int(truncatingIfNeeded: nodeOfUnit[unit])] }
      }
    }
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

  /// Σ weight · loss over units, at the current scores.
  func totalLoss(weights: [Double]) -> Double { totalLoss(scores, weights: weights) }

  private func totalLoss(_ scores: [Double], weights: [Double]) -> Double {
    loss.totalValue(rawScores: scores, targets: data.targets, weights: weights, rowCount: data.unitCount)
  }

  /// Scores after the first `roundCount` rounds, of the units where `isWanted`; the others keep those of the start.
  func scores(after roundCount: Int, where isWanted: (Int) -> Bool) -> [Double] {
    if roundCount == self.roundCount { return scores }
    let unitCount = data.unitCount
    let outputCount = loss.outputCount
    var result = startScores
    let missingBins = GrownTree.missingBins(data)
    for unit in 0..<unitCount where isWanted(unit) {
      for (index, tree) in trees.prefix(roundCount * outputCount).enumerated() {
        let node = keepsNodes ? Int(nodesOfUnits[index * unitCount + unit]) : tree.leaf(of: unit, in: data, missingBins)
        result[index % outputCount * unitCount + unit] += tree.nodes[node].value * parameters.learningRate
      }
    }
    return result
  }
}
