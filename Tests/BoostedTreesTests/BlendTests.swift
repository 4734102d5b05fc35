import StatisticalLearning
import Testing

@testable import BoostedTrees

@Suite struct BlendTests {
  /// Left-out rows in two parts, whose linear and tree scores both know something.
  private func rows(seed: UInt64, scale: Double = 1) -> [LeftOutRows] {
    var generator = CounterBasedGenerator(seed: seed, purpose: "blend")
    return (0..<2).map { _ in
      var rows = LeftOutRows()
      for unit in 0..<60 {
        let truth = generator.normal()
        rows.units.append(unit)
        rows.weights.append(Double(1 + generator.index(below: 3)))
        rows.targets.append(scale * (2 + truth + generator.normal()))
        rows.base.append(scale * 2)
        rows.linear.append(scale * (2 + 1.3 * truth + 0.5 * generator.normal()))
        rows.trees.append(scale * (2 + 0.4 * truth + 0.5 * generator.normal()))
      }
      return rows
    }
  }

  /// The objective written out again, and a grid over the shares.
  @Test(arguments: [1, 2, 3] as [UInt64]) func sharesMinimiseTheirObjective(seed: UInt64) {
    let parts = rows(seed: seed)
    let loss = SingleOutputLoss(SquaredLoss(), curvatureBound: 1)
    let found = BlendShares(fitting: parts, loss: loss)
    var dispersion = (0.0, 0.0)
    for part in parts {
      for row in part.units.indices {
        let residual =
          part.base[row] + 0.5 * (part.linear[row] - part.base[row]) + 0.5 * (part.trees[row] - part.base[row])
          - part.targets[row]
        dispersion.0 += part.weights[row] * residual * residual
        dispersion.1 += part.weights[row]
      }
    }
    func objective(_ linear: Double, _ trees: Double) -> Double {
      var total = 2 * dispersion.0 / dispersion.1 * ((linear - 0.5) * (linear - 0.5) + (trees - 0.5) * (trees - 0.5))
      for part in parts {
        for row in part.units.indices {
          let residual =
            part.base[row] + linear * (part.linear[row] - part.base[row])
            + trees * (part.trees[row] - part.base[row]) - part.targets[row]
          total += part.weights[row] * residual * residual / 2
        }
      }
      return total
    }
    let least = objective(found.linear, found.trees)
    for linear in stride(from: 0.0, through: 2, by: 0.05) {
      for trees in stride(from: 0.0, through: 2, by: 0.05) { #expect(objective(linear, trees) >= least - 1e-9) }
    }
    #expect(found.linear > found.trees)
  }

  @Test func sharesDoNotDependOnTheUnitOfTheTarget() {
    let loss = SingleOutputLoss(SquaredLoss(), curvatureBound: 1)
    let one = BlendShares(fitting: rows(seed: 4), loss: loss)
    for scale in [1e-6, 1e6] {
      let other = BlendShares(fitting: rows(seed: 4, scale: scale), loss: loss)
      #expect(abs(other.linear - one.linear) < 1e-6)
      #expect(abs(other.trees - one.trees) < 1e-6)
    }
  }

  @Test func aPartThatMisleadsCountsNothing() {
    var parts = rows(seed: 5)
    for index in parts.indices {
      parts[index].trees = parts[index].linear.map { 4 - $0 }
      parts[index].weights = parts[index].weights.map { $0 * 100 }
    }
    let found = BlendShares(fitting: parts, loss: SingleOutputLoss(SquaredLoss(), curvatureBound: 1))
    #expect(found.trees < 0.3)
    for index in parts.indices { parts[index].linear = parts[index].linear.map { _ in 2 } }
    #expect(BlendShares(fitting: parts, loss: SingleOutputLoss(SquaredLoss(), curvatureBound: 1)).trees == 0)
  }

  /// The trees that score a left-out row never saw its outcome.
  @Test(arguments: [1, 2, 3] as [UInt64]) func outOfFoldScoresDoNotKnowTheirOutcome(seed: UInt64) throws {
    let data = TestTables.mixed(rows: 120, seed: seed)
    var parameters = BoostingParameters.preset(rowCount: 120, featureCount: data.featureCount)
    parameters.blendsLinear = false
    let learner = BoostedRegressor(parameters: parameters, seed: seed)
    let model = try learner.fit(data)
    for row in [3, 57, 119] {
      var targets = data.targets
      targets[row] += 25
      let changed = try learner.fit(Dataset(features: data.features, matrix: data.matrix, targets: targets))
      #expect(changed.outOfFoldScores![row] == model.outOfFoldScores![row])
      #expect(changed.outOfFoldScores! != model.outOfFoldScores!)
    }
  }

  /// Both models of one fit are those that separate learners find, whatever the leaves are fitted on.
  @Test(arguments: [true, false]) func treesComeOutOfABlendAsIfAlone(refitsLeaves: Bool) throws {
    let data = TestTables.mixed(rows: 150, seed: 6)
    var parameters = BoostingParameters.preset(rowCount: 150, featureCount: data.featureCount)
    parameters.refitsLeaves = refitsLeaves
    let monotone = ["q0": MonotoneDirection.increasing]
    let learner = BoostedTrees(parameters: parameters, monotone: monotone, seed: 2)
    let both = try learner.fitWithAndWithoutLinearPart(data)
    #expect(both.whole.trainingRecord!.linearShare > 0)
    #expect(try both.whole == learner.fit(data))
    parameters.blendsLinear = false
    #expect(try both.trees == BoostedTrees(parameters: parameters, monotone: monotone, seed: 2).fit(data))
    let values = try BoostedRegressor(parameters: parameters, seed: 2).fitWithAndWithoutLinearPart(data)
    #expect(values.whole.ensemble == values.trees.ensemble)
  }
}
