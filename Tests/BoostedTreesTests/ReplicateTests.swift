import StatisticalLearning
import Testing

@testable import BoostedTrees

/// A batch of fits on the same rows is those fits one by one.
@Suite struct ReplicateTests {
  static let parameters = BoostingParameters(
    treeCount: 10, leafCount: 5, l2: 1, minimumRowsPerLeaf: 4, rowShare: 0.8, columnShare: 0.7, maximumBinCount: 12,
    bagCount: 3, blendsLinear: true, refitsLeaves: true)

  /// Folds, bootstrap samples, survey weights and other outcomes.
  static func replicates(_ data: Dataset, seed: UInt64) -> [Replicate] {
    var generator = CounterBasedGenerator(seed: seed, purpose: "replicates")
    let folds = (0..<data.rowCount).map { _ in generator.index(below: 3) }
    var result = (0..<3).map { fold in Replicate(weights: folds.map { $0 == fold ? 0 : 1 }) }
    for sample in 0..<3 {
      var weights = [Double](repeating: 0, count: data.rowCount)
      for _ in 0..<data.rowCount { weights[generator.index(below: data.rowCount)] += 1 }
      result.append(Replicate(weights: weights, isResample: sample > 0, seed: UInt64(sample)))
    }
    result.append(
      Replicate(
        weights: (0..<data.rowCount).map { _ in generator.uniform() < 0.2 ? 0 : 0.5 + generator.uniform() },
        targets: data.targets.map { 1 - $0 }))
    return result
  }

  @Test(arguments: [1, 2] as [UInt64], [1, 3]) func batchEqualsOneByOne(seed: UInt64, threadCount: Int) throws {
    let data = TestTables.mixed(rows: 160, seed: seed)
    let replicates = Self.replicates(data, seed: seed)
    let learner = BoostedTrees(parameters: Self.parameters, seed: 9, threadCount: threadCount)
    let models = try learner.fit(data, replicates: replicates)
    #expect(models.count == replicates.count)
    for (model, replicate) in zip(models, replicates) {
      var alone = learner
      alone.seed = replicate.seed ?? 9
      alone.parameters?.keepsCopiesTogether = replicate.isResample
      let targets = replicate.targets ?? data.targets
      let all = try Dataset(
        features: data.features, matrix: data.matrix, targets: targets, weights: replicate.weights)
      #expect(try model == alone.fit(all))
      // Rows of weight 0 leave no trace in the model.
      let kept = replicate.weights.indices.filter { replicate.weights[$0] > 0 }
      #expect(try model.ensemble == alone.fit(all.selectingRows(kept)).ensemble)
    }
    #expect(models[0].ensemble != models[1].ensemble)
  }

  @Test func valuesToo() throws {
    let data = TestTables.mixed(rows: 120, seed: 4)
    let replicates = Self.replicates(data, seed: 4)
    let learner = BoostedRegressor(parameters: Self.parameters, seed: 9, threadCount: 2)
    let models = try learner.fit(data, replicates: replicates)
    #expect(try models[1].ensemble == learner.fit(data.weighted(by: replicates[1].weights)).ensemble)
  }

  /// Copies of a row that a bootstrap sample drew several times are left out by one bag, where the parameters ask for it
  /// and no row is large; folds stay even.
  @Test func copiesStayTogether() throws {
    let data = TestTables.mixed(rows: 200, seed: 6)
    let weights = Self.replicates(data, seed: 6)[4].weights
    let binned = try BinnedDataset(
      data.weighted(by: weights), maximumBinCount: nil, sharesDraws: true, threadCount: 1)
    func split(_ isTogether: Bool, _ data: BinnedDataset) -> (units: Int, sizes: [Int]) {
      let folds = FoldAssignment(data, foldCount: 5, isStratified: true, keepsCopiesTogether: isTogether, seed: 1)
      var sizes = [Int](repeating: 0, count: 5)
      var units = 0
      for unit in 0..<data.unitCount {
        let own = (0..<Int(data.copyCount(unit))).map { folds.fold(unit, $0) }
        for fold in own { sizes[fold] += 1 }
        if Set(own).count > 1 { units += 1 }
      }
      return (units, sizes)
    }
    #expect(split(false, binned).units > 30)
    let together = split(true, binned)
    #expect(together.units == 0)
    #expect(together.sizes.allSatisfy { (25...55).contains($0) } && together.sizes.reduce(0, +) == 200)

    var large = weights
    large[0] = 40
    let uneven = try BinnedDataset(
      data.weighted(by: large), maximumBinCount: nil, sharesDraws: true, threadCount: 1)
    #expect(split(true, uneven).units > 0)
  }

  @Test func faultsAreNamed() throws {
    let data = TestTables.mixed(rows: 30, seed: 1)
    let ones = [Double](repeating: 1, count: 30)
    let learner = BoostedTrees(parameters: Self.parameters)
    func error(_ replicate: Replicate) -> TrainingError? {
      do throws(TrainingError) { _ = try learner.fit(data, replicates: [Replicate(weights: ones), replicate]) } catch {
        return error
      }
      return nil
    }
    #expect(
      error(Replicate(weights: [1]))
        == .invalidParameter(
          name: "replicates[1].weights", value: "1 numbers", expected: "30 finite numbers ≥ 0"))
    #expect(
      error(Replicate(weights: ones, targets: [0]))
        == .invalidParameter(name: "replicates[1].targets", value: "1 numbers", expected: "30 finite numbers"))
    #expect(error(Replicate(weights: [Double](repeating: 0, count: 30))) == .noRows)
    #expect(error(Replicate(weights: ones, targets: ones)) == .singleClass)
    #expect(try learner.fit(data, replicates: []).isEmpty)
  }
}
