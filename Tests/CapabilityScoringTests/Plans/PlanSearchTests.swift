import Foundation
import StatisticalLearning
import Testing

@testable import CapabilityScoring

/// Every plan of a small problem.
func allPlans(_ problem: PlanProblem) -> [Plan] {
  var plans = [Plan(steps: [], effort: 0, innovation: 0, export: 0)]
  for choices in problem.options {
    plans = plans.flatMap { plan in
      (0...choices.count).map { count in
        let option = count == 0 ? nil : choices[count - 1]
        return Plan(
          steps: plan.steps + [count], effort: plan.effort + (option?.effort ?? 0),
          innovation: plan.innovation + (option?.innovation ?? 0), export: plan.export + (option?.export ?? 0))
      }
    }
  }
  return plans
}

/// Random problems: gains in proportion to steps, or at random and of either sign; whole or uneven efforts.
func randomProblem(
  capabilities: Int, steps: Int, seed: UInt64, wholeEfforts: Bool, monotone: Bool, share: Double = 0.4
) -> PlanProblem {
  var generator = CounterBasedGenerator(seed: seed, purpose: "plans")
  let options = (0..<capabilities).map { _ -> [PlanOption] in
    let a = 0.5 * generator.uniform() * (generator.uniform() < 0.3 ? 0.1 : 1)
    let b = 0.5 * generator.uniform() * (generator.uniform() < 0.3 ? 0.1 : 1)
    let cost = wholeEfforts ? Double(1 + generator.index(below: 3)) : 0.5 + generator.uniform()
    return (1...steps).map { s in
      let s = Double(s)
      return monotone
        ? PlanOption(effort: cost * s, innovation: a * s, export: b * s)
        : PlanOption(
          effort: cost * s, innovation: a * s * (2 * generator.uniform() - 0.4),
          export: b * s * (2 * generator.uniform() - 0.4))
    }
  }
  let reach = options.reduce(into: (0.0, 0.0)) { sum, choices in
    sum.0 += max(0, choices.map(\.innovation).max()!)
    sum.1 += max(0, choices.map(\.export).max()!)
  }
  return PlanProblem(options: options, innovationNeeded: share * reach.0, exportNeeded: share * reach.1)
}

@Suite struct PlanSearchTests {
  @Test(arguments: 0..<24)
  func leastEffortIsThatOfBruteForce(seed: Int) throws {
    let problem = randomProblem(
      capabilities: 7, steps: 1 + seed % 3, seed: UInt64(seed), wholeEfforts: seed.isMultiple(of: 2),
      monotone: seed % 4 < 2, share: [0.2, 0.5, 0.8, 0.99][seed / 6])
    let reaching = allPlans(problem).filter { problem.isReached($0.innovation, $0.export) }
    let result = PlanSearch(planCount: 6).leastEffort(problem)
    guard let least = reaching.map(\.effort).min() else {
      #expect(result.certificate == .noSuchPlan && result.plans.isEmpty)
      return
    }
    #expect(result.certificate == .optimal)
    let best = try #require(result.best)
    #expect(abs(best.effort - least) < 1e-9)
    // Alternatives: as many as there are minimal plans within 5 %, the least ones, no two alike.
    func isMinimal(_ plan: Plan) -> Bool {
      !reaching.contains { other in
        other.effort < plan.effort - 1e-12 && zip(other.steps, plan.steps).count { $0 != $1 } == 1
          && zip(other.steps, plan.steps).allSatisfy { a, b in a == b || b > 0 }
      }
    }
    let near = reaching.filter { $0.effort <= least * 1.05 + 1e-9 && isMinimal($0) }.map(\.effort).sorted()
    #expect(result.plans.count == min(6, near.count))
    for (plan, effort) in zip(result.plans, near) { #expect(abs(plan.effort - effort) < 1e-9) }
    #expect(Set(result.plans.map(\.steps)).count == result.plans.count)
    for plan in result.plans {
      #expect(problem.isReached(plan.innovation, plan.export))
      let same = allPlans(problem).first { $0.steps == plan.steps }!
      #expect(abs(same.effort - plan.effort) < 1e-12 && abs(same.export - plan.export) < 1e-12)
    }
  }

  @Test func nothingIsNeeded() {
    var problem = randomProblem(capabilities: 4, steps: 2, seed: 1, wholeEfforts: true, monotone: true)
    problem.innovationNeeded = -1
    problem.exportNeeded = 0
    let result = PlanSearch().leastEffort(problem)
    #expect(result.certificate == .optimal && result.plans.count == 1 && result.best?.effort == 0)
  }

  @Test func noSuchPlanIsCertified() {
    var problem = randomProblem(capabilities: 40, steps: 3, seed: 2, wholeEfforts: true, monotone: true)
    problem.exportNeeded *= 1 / 0.4 * 1.001
    let result = PlanSearch().leastEffort(problem)
    #expect(result.certificate == .noSuchPlan && result.nodeCount < 10)
    let empty = PlanSearch().leastEffort(PlanProblem(options: [], innovationNeeded: 1, exportNeeded: 0))
    #expect(empty.certificate == .noSuchPlan)
    let impossible = PlanSearch().leastEffort(
      PlanProblem(options: problem.options, innovationNeeded: .infinity, exportNeeded: 0))
    #expect(impossible.certificate == .noSuchPlan)
  }

  /// Each goal within reach alone, never both: an option for one undoes the other.
  @Test func conflictingGoalsAreCertifiedToo() {
    let options = (0..<10).map { j in
      [PlanOption(effort: 1, innovation: j < 5 ? 1 : -1, export: j < 5 ? -1 : 1)]
    }
    let result = PlanSearch().leastEffort(PlanProblem(options: options, innovationNeeded: 0.5, exportNeeded: 0.5))
    #expect(result.certificate == .noSuchPlan && result.nodeCount < 10)
  }

  @Test func theLimitIsSaidAndItsBoundHolds() {
    let problem = randomProblem(capabilities: 12, steps: 2, seed: 5, wholeEfforts: false, monotone: false)
    let exact = PlanSearch().leastEffort(problem)
    for limit in [1, 5, 20, 60] {
      let result = PlanSearch(nodeLimit: limit).leastEffort(problem)
      #expect(result.nodeCount <= limit)
      if case .bounded(let bound) = result.certificate { #expect(bound <= exact.best!.effort + 1e-9) }
    }
    #expect(PlanSearch(nodeLimit: 1).leastEffort(problem).certificate != .optimal)
  }

  /// A model with interactions that never help more than the bounds say.
  @Test(arguments: 0..<8)
  func generalModelsMatchBruteForce(seed: Int) throws {
    let problem = randomProblem(
      capabilities: 6, steps: 2, seed: UInt64(100 + seed), wholeEfforts: false, monotone: true, share: 0.35)
    func gains(_ steps: [Int]) -> (innovation: Double, export: Double) {
      var innovation = 0.0
      var export = 0.0
      for (j, count) in steps.enumerated() where count > 0 {
        innovation += problem.options[j][count - 1].innovation
        export += problem.options[j][count - 1].export
      }
      // Diminishing returns, and two capabilities that stand in each other's way.
      let clash = steps[0] > 0 && steps[1] > 0 ? 0.3 : 0
      return (innovation - 0.05 * innovation * innovation - clash, export - 0.1 * export * export)
    }
    let reaching = allPlans(problem).filter {
      let own = gains($0.steps)
      return problem.isReached(own.innovation, own.export)
    }
    let result = PlanSearch().leastEffort(problem, gains: gains)
    guard let least = reaching.map(\.effort).min() else {
      #expect(result.certificate == .noSuchPlan)
      return
    }
    let best = try #require(result.best)
    #expect(result.certificate == .optimal && abs(best.effort - least) < 1e-9)
    let own = gains(best.steps)
    #expect(best.innovation == own.innovation && best.export == own.export)
  }

  /// Forty capabilities with three changes each.
  @Test(arguments: [(true, 0.15), (true, 0.4), (false, 0.15), (false, 0.4), (false, 0.7)])
  func largeProblemsAreProved(wholeEfforts: Bool, share: Double) {
    for seed in 0..<3 {
      let problem = randomProblem(
        capabilities: 40, steps: 3, seed: UInt64(seed), wholeEfforts: wholeEfforts, monotone: seed > 0, share: share)
      let result = PlanSearch().leastEffort(problem)
      #expect(result.certificate == .optimal && result.nodeCount < 100_000)
    }
  }
}
