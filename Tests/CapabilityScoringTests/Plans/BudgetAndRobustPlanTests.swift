import Foundation
import StatisticalLearning
import Testing

@testable import CapabilityScoring

/// The probability of both, for a firm at even odds on one outcome and one in four on the other.
private func both(_ innovation: Double, _ export: Double) -> Double {
  CrossRatio(2.5).jointProbability(sigmoid(innovation), sigmoid(-1.1 + export))
}

private func smaller(_ innovation: Double, _ export: Double) -> Double {
  min(sigmoid(0.2 + innovation), sigmoid(-0.4 + export))
}

@Suite struct BudgetPlanTests {
  @Test(arguments: 0..<16)
  func greatestValueIsThatOfBruteForce(seed: Int) throws {
    let problem = randomProblem(
      capabilities: 7, steps: 1 + seed % 3, seed: UInt64(seed), wholeEfforts: seed.isMultiple(of: 2),
      monotone: seed % 4 < 2)
    let value = seed < 8 ? both : smaller
    let budget = [0.0, 1.5, 4, 9][seed % 4]
    let affordable = allPlans(problem).filter { $0.effort <= budget + 1e-9 }
    let values = affordable.map { value($0.innovation, $0.export) }.sorted(by: >)
    let result = PlanSearch(planCount: 4).greatestValue(problem, within: budget, value: value)
    #expect(result.certificate == .optimal)
    let best = try #require(result.best)
    #expect(abs(value(best.innovation, best.export) - values[0]) < 1e-9 && best.effort <= budget + 1e-9)
    let band = values[0] - 0.05 * (values[0] - value(0, 0))
    #expect(result.plans.count <= 4)
    for plan in result.plans { #expect(value(plan.innovation, plan.export) >= band - 1e-8) }
  }

  @Test(arguments: [(true, 6.0), (false, 6), (true, 25), (false, 25)])
  func largeProblemsAreProved(wholeEfforts: Bool, budget: Double) {
    for seed in 0..<2 {
      let problem = randomProblem(
        capabilities: 40, steps: 3, seed: UInt64(seed), wholeEfforts: wholeEfforts, monotone: seed == 0)
      for value in [both, smaller] {
        let result = PlanSearch(planCount: 1).greatestValue(problem, within: budget, value: value)
        #expect(result.certificate == .optimal)
      }
    }
  }
}

@Suite struct RobustPlanTests {
  private func replicates(_ problem: PlanProblem, count: Int, noise: Double, seed: UInt64) -> [PlanProblem] {
    var generator = CounterBasedGenerator(seed: seed, purpose: "robust")
    return (0..<count).map { _ in
      var copy = problem
      for j in copy.options.indices {
        let (a, b) = (noise * generator.normal(), noise * generator.normal())
        for s in copy.options[j].indices {
          copy.options[j][s].innovation += a * Double(s + 1)
          copy.options[j][s].export += b * Double(s + 1)
        }
      }
      copy.innovationNeeded += noise * generator.normal()
      copy.exportNeeded += noise * generator.normal()
      return copy
    }
  }

  @Test(arguments: 0..<10)
  func matchesBruteForce(seed: Int) {
    let problem = randomProblem(
      capabilities: 6, steps: 2, seed: UInt64(seed), wholeEfforts: seed.isMultiple(of: 2), monotone: seed < 6,
      share: seed % 3 == 0 ? 0.8 : 0.4)
    let samples = replicates(problem, count: 31, noise: 0.08, seed: UInt64(seed))
    let share = [0.5, 0.8, 1][seed % 3]
    let reaching = allPlans(problem).filter { PlanSearch.shareReached($0.steps, replicates: samples) >= share - 1e-9 }
    let result = PlanSearch().leastEffort(replicates: samples, share: share)
    guard let least = reaching.map(\.effort).min() else {
      #expect(result.certificate == .noSuchPlan && result.plans.isEmpty)
      return
    }
    #expect(result.certificate == .optimal && abs(result.plans[0].effort - least) < 1e-9)
    for plan in result.plans {
      #expect(PlanSearch.shareReached(plan.steps, replicates: samples) >= share - 1e-9)
      #expect(plan.effort <= least * 1.05 + 1e-9)
    }
  }

  @Test func certaintyCostsMore() {
    let problem = randomProblem(capabilities: 10, steps: 2, seed: 3, wholeEfforts: false, monotone: true)
    let samples = replicates(problem, count: 50, noise: 0.05, seed: 1)
    let efforts = [0.3, 0.6, 0.9].map { PlanSearch().leastEffort(replicates: samples, share: $0).best!.effort }
    #expect(efforts[0] <= efforts[1] && efforts[1] <= efforts[2] && efforts[0] < efforts[2])
  }

  /// Forty capabilities, 200 replicates: proved within a few nodes where replicates agree, and a bound that holds, said
  /// as such, where they don't.
  @Test(arguments: [(0.05, 200), (0.1, 200)])
  func largeProblems(noise: Double, nodeLimit: Int) throws {
    let problem = randomProblem(capabilities: 40, steps: 3, seed: 2, wholeEfforts: true, monotone: true, share: 0.15)
    let samples = replicates(problem, count: 200, noise: noise, seed: 9)
    let result = PlanSearch(nodeLimit: nodeLimit).leastEffort(replicates: samples)
    let best = try #require(result.best)
    #expect(PlanSearch.shareReached(best.steps, replicates: samples) >= 0.8)
    switch result.certificate {
    case .optimal: #expect(noise < 0.1)
    case .bounded(let bound): #expect(bound <= best.effort && bound > 0.5 * best.effort)
    case .noSuchPlan: Issue.record("a plan was found")
    }
  }
}
