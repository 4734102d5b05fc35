import Foundation
import StatisticalLearning
import Testing

@testable import BoostedTrees

@Suite struct LossTests {
  /// Derivatives against differences of the loss.
  private func check<L: BoostingLoss>(_ loss: L, targets: [Double], hessianFactor: Double = 1) {
    var generator = CounterBasedGenerator(seed: 5, purpose: "losses")
    let outputs = loss.outputCount
    for target in targets {
      let scores = (0..<outputs).map { _ in 1.5 * generator.normal() }
      func value(_ scores: [Double]) -> Double {
        scores.withUnsafeBufferPointer { loss.value(rawScores: $0.baseAddress!, stride: 1, target: target) }
      }
      var gradients = [Double](repeating: 0, count: outputs)
      var hessians = gradients
      loss.derivatives(
        rawScores: scores, targets: [target], rowCount: 1, gradients: &gradients, hessians: &hessians)
      #expect(value(scores) >= 0)
      for output in 0..<outputs {
        var above = scores
        var below = scores
        above[output] += 1e-4
        below[output] -= 1e-4
        let slope = (value(above) - value(below)) / 2e-4
        let curvature = (value(above) - 2 * value(scores) + value(below)) / 1e-8
        #expect(abs(gradients[output] - slope) < 1e-6 * max(1, abs(slope)))
        #expect(abs(hessians[output] - hessianFactor * curvature) < 1e-4 * max(1, curvature))
      }
    }
  }

  /// A loss of a user's own: the deviance of a gamma variable with mean exp(f), `y exp(−f) + f − log y − 1`.
  struct GammaLoss: Loss {
    func value(rawScore: Double, target: Double) -> Double {
      max(0, target * exp(-rawScore) + rawScore - log(target) - 1)
    }
    func derivatives(rawScore: Double, target: Double) -> (gradient: Double, hessian: Double) {
      (1 - target * exp(-rawScore), target * exp(-rawScore))
    }
    func prediction(rawScore: Double) -> Double { exp(rawScore) }
  }

  @Test func derivativesAreThoseOfTheLoss() {
    check(SingleOutputLoss(LogisticLoss(), targets: .zeroOrOne), targets: [0, 1])
    check(SingleOutputLoss(SquaredLoss()), targets: [-3, 0, 2.5])
    check(SingleOutputLoss(GammaLoss()), targets: [0.01, 1, 30])
    check(MultinomialLoss(classCount: 2), targets: [0, 1], hessianFactor: 2)
    check(ProportionalOddsLoss(thresholds: [0.3]), targets: [0, 1])
    check(SingleOutputLoss(PoissonLoss()), targets: [0, 1, 7])
    check(MultinomialLoss(classCount: 4), targets: [0, 1, 2, 3], hessianFactor: 4.0 / 3)
    check(ProportionalOddsLoss(thresholds: [-1, 0.2, 0.7, 2]), targets: [0, 1, 2, 3, 4])
  }

  /// Without any effect of the features the thresholds are the logits of the shares, which is the maximum.
  @Test func thresholdsReachTheirMaximum() {
    let targets = (0..<200).map { Double($0 % 10 < 5 ? 0 : $0 % 10 < 7 ? 1 : $0 % 10 < 8 ? 2 : 3) }
    var loss = ProportionalOddsLoss(thresholds: [-2, 0, 3])
    let scores = [Double](repeating: 0, count: 200)
    for _ in 0..<30 {
      loss.update(
        rawScores: scores, targets: targets, weights: [Double](repeating: 1, count: 200), rowCount: 200)
    }
    for (threshold, share) in zip(loss.thresholds, [0.5, 0.7, 0.8]) { #expect(abs(threshold - logit(share)) < 1e-6) }
  }

  @Test func classesAreLearned() throws {
    var generator = CounterBasedGenerator(seed: 2, purpose: "classes")
    let x = (0..<300).map { _ in Double(generator.index(below: 5)) }
    let noise = (0..<300).map { _ in generator.normal() }
    let targets = x.map { min(2, max(0, (($0 + 0.5 * generator.normal()) / 2).rounded(.down))) }
    let data = try Dataset(matrix: Matrix(columns: [x, noise]), targets: targets)
    for isOrdered in [true, false] {
      let model = try BoostedClassifier(classCount: 3, isOrdered: isOrdered).fit(data)
      let probabilities = model.probabilities(for: data.matrix)
      var loss = 0.0
      for row in 0..<300 {
        #expect(abs(probabilities.row(row).reduce(0, +) - 1) < 1e-9)
        loss -= log(probabilities[row, Int(targets[row])]) / 300
      }
      #expect(loss < 0.7)
    }
  }

  @Test func ratesAreLearned() throws {
    let data = TestTables.mixed(rows: 200, seed: 6)
    let counts = (0..<200).map { (data.matrix[$0, 0].isNaN ? 3 : data.matrix[$0, 0]) * 2 }
    let model = try BoostedRegressor(loss: PoissonLoss(), targets: .nonNegative).fit(
      Dataset(features: data.features, matrix: data.matrix, targets: counts))
    let predictions = model.predictions(for: data.matrix)
    let mean = counts.reduce(0, +) / 200
    let spread = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let error = zip(predictions, counts).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    #expect(error < 0.2 * spread)
  }

  @Test func aLossOfOnesOwnIsLowered() throws {
    let data = TestTables.mixed(rows: 300, seed: 7)
    var generator = CounterBasedGenerator(seed: 7, purpose: "gamma")
    let costs = (0..<300).map { row -> Double in
      let answer = data.matrix[row, 0].isNaN ? 3 : data.matrix[row, 0]
      return exp(0.6 * answer) * -log(max(1e-9, generator.uniform()))
    }
    let loss = GammaLoss()
    let model = try BoostedRegressor(loss: loss, targets: .nonNegative).fit(
      Dataset(features: data.features, matrix: data.matrix, targets: costs))
    func mean(_ scores: [Double]) -> Double {
      zip(scores, costs).reduce(0) { $0 + loss.value(rawScore: $1.0, target: $1.1) } / 300
    }
    let constant = log(costs.reduce(0, +) / 300)
    let outOfFold = try #require(model.outOfFoldScores)
    #expect(mean(outOfFold) < 0.9 * mean(Array(repeating: constant, count: 300)))
    // A loss without a bound on its second derivative has no linear part.
    #expect(model.trainingRecord?.linearShare == 0)
    #expect(model.trainingRecord?.treeShare == 1)
  }
}
