import Foundation
import StatisticalLearning
import Testing

extension Double {
  /// So that tests need no free function of Foundation in a closure.
  var logarithm: Double { log(self) }
}

@Suite struct LogisticFunctionsTests {
  /// Values from mpmath 1.3.0 with 50 digits: log(1 + exp(x)).
  @Test(arguments: [
    (-800.0, 0.0), (-40.0, 4.248354255291589e-18), (-37.0, 8.533047625744066e-17), (-1.0, 0.3132616875182229),
    (0.0, 0.6931471805599453), (1.0, 1.3132616875182228), (18.0, 18.000000015229979), (33.0, 33.00000000000000466),
    (40.0, 40.0), (800.0, 800.0),
  ])
  func logOnePlusExpIsAccurateEverywhere(x: Double, expected: Double) {
    #expect(abs(logOnePlusExp(x) - expected) <= 4e-16 * abs(expected))
  }

  @Test(arguments: [-745.0, -700, -30, -1, 0, 1, 30, 36])
  func sigmoidKeepsItsTailsAndItsInverse(x: Double) {
    #expect(abs(sigmoid(x) + sigmoid(-x) - 1) < 1e-15)
    #expect(sigmoid(x) > 0)
    if abs(x) <= 30 { #expect(abs(logit(sigmoid(x)) - x) < 1e-3 * max(1, abs(x))) }
    if x < 0, x > -700 { #expect(abs(logit(sigmoid(x)) - x) < 1e-12 * abs(x)) }
  }

  @Test func sigmoidHasNoNotANumber() {
    #expect(sigmoid(.infinity) == 1)
    #expect(sigmoid(-.infinity) == 0)
  }

  @Test(arguments: [-30.0, -3, -0.1, 0, 0.2, 4, 25], [0.0, 0.3, 1])
  func derivativesAreThoseOfTheLoss(rawScore: Double, target: Double) {
    for loss in [LogisticLoss() as any Loss, SquaredLoss()] {
      let h = 1e-5
      let up = loss.value(rawScore: rawScore + h, target: target)
      let down = loss.value(rawScore: rawScore - h, target: target)
      let (gradient, hessian) = loss.derivatives(rawScore: rawScore, target: target)
      #expect(abs((up - down) / (2 * h) - gradient) < 1e-6)
      let left = loss.derivatives(rawScore: rawScore - h, target: target).gradient
      let right = loss.derivatives(rawScore: rawScore + h, target: target).gradient
      #expect(abs((right - left) / (2 * h) - hessian) < 1e-6)
    }
  }
}
