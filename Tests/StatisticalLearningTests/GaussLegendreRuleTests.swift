import Foundation
import StatisticalLearning
import Testing

@Suite struct GaussLegendreRuleTests {
  /// Exact for every power that a rule promises, and not for the next.
  @Test(arguments: [1, 2, 3, 5, 8, 20, 35]) func integratesPowers(count: Int) {
    let rule = GaussLegendreRule(count: count)
    func integral(_ degree: Int) -> Double {
      zip(rule.nodes, rule.weights).reduce(0) { $0 + $1.1 * pow($1.0, Double(degree)) }
    }
    for degree in 0..<2 * count { #expect(abs(integral(degree) * Double(degree + 1) - 1) <= 1e-13) }
    if count <= 8 { #expect(abs(integral(2 * count) * Double(2 * count + 1) - 1) > 1e-10) }
    #expect(rule.nodes == rule.nodes.sorted())
    for index in 0..<count {
      #expect(abs(rule.nodes[index] + rule.nodes[count - 1 - index] - 1) <= 1e-16)
      #expect(rule.nodes[index] > 0 && rule.nodes[index] < 1)
    }
  }
}
