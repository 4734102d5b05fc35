import Foundation
import StatisticalLearning
import Testing

@testable import BoostedTrees

/// The parts of the engine against plain forms of the same.
@Suite struct KernelTests {
  static let oddNumbers: [Double] = [
    -1e300, -1, -0.0, 0, 0x1p-1074, -0x1p-1074, 1, 1.0.nextUp, 3.5, 1e300, .greatestFiniteMagnitude,
    -.greatestFiniteMagnitude,
  ]

  @Test(arguments: [10, 600, 5000]) func keysSortAsNumbersDo(count: Int) {
    var generator = CounterBasedGenerator(seed: 1, purpose: "keys")
    let values = Self.oddNumbers + (0..<count).map { _ in generator.normal() * exp(20 * generator.normal()) }
    var keys = values.map { KeySort.orderedBits($0) }
    var scratch: [UInt64] = []
    KeySort.sort(&keys, with: &scratch)
    #expect(keys.map { KeySort.value($0) } == values.sorted())
  }

  /// Hashes of which many are equal, and ties broken by the caller.
  @Test(arguments: [50, 3000]) func positionsAreOrderedByKey(count: Int) {
    var generator = CounterBasedGenerator(seed: 2, purpose: "order")
    let keys = (0..<count).map { _ in mixed(UInt64(generator.index(below: count / 20))) }
    let order = KeySort.order(keys) { (keys[Int($0)], $0) < (keys[Int($1)], $1) }
    #expect(order.map { Int($0) } == (0..<count).sorted { (keys[$0], $0) < (keys[$1], $1) })
  }

  @Test(arguments: [4, 200]) func encodingFindsTheBin(maximumBinCount: Int) {
    var generator = CounterBasedGenerator(seed: 3, purpose: "encoding")
    let columns = [
      Self.oddNumbers + [.nan], (0..<500).map { _ in generator.normal() },
      (0..<500).map { _ in Double(generator.index(below: 9)) },
      (0..<500).map { _ in generator.uniform() < 0.5 ? .nan : Double(generator.index(below: 3)) / 2 },
    ]
    for values in columns {
      var scratch = FeatureBins.Scratch()
      let counts = [Int64](repeating: 1, count: values.count)
      let bins = values.withUnsafeBufferPointer { values in
        counts.withUnsafeBufferPointer {
          FeatureBins(numeric: values, counts: $0, maximumBinCount: maximumBinCount, scratch: &scratch)
        }
      }
      var found = [UInt16](repeating: 0, count: values.count)
      BinEncoder(bins).encode(values, rows: (0..<UInt32(values.count)).map { $0 }, count: values.count, into: &found)
      #expect(found.map { Int($0) } == values.map { bins.bin(of: $0)! })
      #expect(bins.valueBinCount <= maximumBinCount)
    }
  }

  @Test func logisticDerivativesKeepTheirDigits() {
    var generator = CounterBasedGenerator(seed: 4, purpose: "logistic")
    let scores =
      [0, -0.0, 1e-300, 30, -30, 700, -700, 1e300, -1e300, 36.7] + (0..<101).map { _ in 10 * generator.normal() }
    func derivatives(_ scores: [Double], _ target: Double) -> ([Double], [Double]) {
      var gradients = [Double](repeating: 0, count: scores.count)
      var hessians = gradients
      logisticDerivatives(
        rawScores: scores, targets: [Double](repeating: target, count: scores.count), rowCount: scores.count,
        gradients: &gradients, hessians: &hessians)
      return (gradients, hessians)
    }
    let (gradients, hessians) = derivatives(scores, 0)
    let (flipped, _) = derivatives(scores.map { -$0 }, 1)
    for (index, score) in scores.enumerated() {
      let expected = sigmoid(max(-708, score))
      #expect(abs(gradients[index] - expected) <= 4e-16 * expected)
      #expect(abs(hessians[index] - expected * sigmoid(max(-708, -score))) <= 1e-15 * hessians[index])
      #expect(flipped[index] == -gradients[index])
    }
  }

  /// The quick scan finds the split that the careful one does, or one as good.
  @Test(arguments: 0..<60) func freeScanEqualsTheCarefulOne(seed: UInt64) {
    var generator = CounterBasedGenerator(seed: seed, purpose: "scan")
    let valueBinCount = 1 + generator.index(below: 12)
    let hasMissing = generator.uniform() < 0.6
    var scales = SumScales()
    scales.gradient = 0x1p-20
    scales.hessian = 0x1p-20
    var total = Sums()
    let cells = (0..<valueBinCount + (hasMissing ? 1 : 0)).map { _ -> Sums in
      let count = Int64(generator.index(below: 8))
      let gradient = Int64(0x1p20 * Double(count).squareRoot() * generator.normal())
      let hessian = Int64(0x1p20 * Double(count) * (0.05 + 0.2 * generator.uniform()))
      let cell = Sums(gradient, count << scales.hessianBits + hessian)
      total = total &+ cell
      return cell
    }
    var parameters = BoostingParameters(minimumRowsPerLeaf: generator.index(below: 6))
    parameters.l2 = generator.uniform() < 0.5 ? 0 : 1.5
    var objective = LeafObjective(parameters, TestTables.binned, scales)
    objective.minimumHessian = 0.3
    let value = objective.value(scales.gradient(total), scales.hessian(total), ValueBounds())
    let reduction = objective.reduction(scales.gradient(total), scales.hessian(total), at: value)
    let finder = SplitFinder(objective: objective)
    var careful = SplitCandidate()
    _ = finder.findNumeric(
      cells, valueBinCount: valueBinCount, hasMissing: hasMissing, total: total, bounds: ValueBounds(), direction: 0,
      parentReduction: reduction, slot: 0, best: &careful)
    let free = FreeScan(objective, total: total, parentReduction: reduction)
    var quick = SplitCandidate()
    quick.score = free.score(ofGain: 0)
    free.find(cells, valueBinCount: valueBinCount, hasMissing: hasMissing, slot: 0, finder: finder, best: &quick)
    #expect(quick.isValid == careful.isValid)
    #expect(abs(quick.gain - careful.gain) <= 1e-6 * careful.gain)
    if quick.left == careful.left {
      #expect(quick.boundary == careful.boundary && quick.missingGoesLeft == careful.missingGoesLeft)
    }
  }

  /// A threshold that no value is above still sends missing values where they belong.
  @Test func infiniteThresholdsScore() throws {
    let tree = try DecisionTree(nodes: [
      .split(feature: 0, threshold: .infinity, missingGoesLeft: false, left: 1, right: 2), .leaf(value: 1),
      .leaf(value: 2),
    ])
    let ensemble = try TreeEnsemble(trees: [tree], baseScores: [0], features: [Feature("x")])
    let rows = [Double.nan, .infinity, -.infinity, 0]
    #expect(ensemble.rawScores(for: Matrix(columns: [rows])) == [2, 1, 1, 1])
    let model = BoostedTreesModel(ensemble: ensemble)
    #expect(rows.map { [$0].withUnsafeBufferPointer { model.logOdds(row: $0) } } == [2, 1, 1, 1])
  }
}
