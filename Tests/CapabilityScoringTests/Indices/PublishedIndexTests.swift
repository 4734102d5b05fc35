import Foundation
import StatisticalLearning
import Testing

@testable import CapabilityScoring

/// The worked numbers of the published method, to the digits given.
@Suite struct PublishedIndexTests {
  @Test func developmentAndIndex() throws {
    let answers: [[Double?]] = [[1, 1, 0, 1], [1, 0, 0], [1, 1, 1, 1, 0]]
    let p = answers.map { PracticeDevelopment(criteria: $0).value }
    #expect(p[0] == 0.75 && abs(p[1]! - 0.333333) < 1e-6 && p[2] == 0.8)
    let equal = try #require(IndexAggregation.arithmetic.combine(p))
    #expect(abs(equal - 0.627778) < 1e-6 && ClassBounds.published.classify(equal) == .proactive)
    let weighted = try #require(IndexAggregation.arithmetic.combine(p, weights: [0.5, 0.2, 0.3]))
    #expect(abs(weighted - 0.681667) < 1e-6)
    #expect(IndexAggregation.minimum.combine(p) == p[1])
    #expect(abs(IndexAggregation.geometric.combine(p)! - pow(0.75 * p[1]! * 0.8, 1 / 3.0)) < 1e-12)
  }

  @Test func answersThatAreMissingOrAtTheEnds() {
    let partial = PracticeDevelopment(criteria: [1, nil, 0], weights: [2, 1, 1])
    #expect(abs(partial.value! - 2.0 / 3) < 1e-12 && partial.answeredShare == 0.75)
    #expect(PracticeDevelopment(criteria: [nil, nil]).value == nil)
    #expect(PracticeDevelopment(criteria: []).value == nil)
    #expect(IndexAggregation.geometric.combine([0, 1]) == 0 && IndexAggregation.minimum.combine([0, 1]) == 0)
    // Weight 0 is absence, even of a zero.
    for kind in IndexAggregation.allCases {
      #expect(abs(kind.combine([0, 0.5, nil], weights: [0, 3, 9])! - 0.5) < 1e-15)
      #expect(kind.combine([nil, nil]) == nil && kind.combine([0.4], weights: [0]) == nil)
    }
  }

  /// Compensation: minimum ≤ geometric ≤ arithmetic, equal when practices are.
  @Test(arguments: 0..<5)
  func aggregationsAreOrdered(seed: Int) {
    var generator = CounterBasedGenerator(seed: UInt64(seed), purpose: "test")
    let values = (0..<9).map { _ -> Double? in generator.uniform() }
    let weights = (0..<9).map { _ in generator.uniform() }
    let all = [IndexAggregation.minimum, .geometric, .arithmetic].map { $0.combine(values, weights: weights)! }
    #expect(all[0] <= all[1] && all[1] <= all[2])
  }

  @Test func boundsBelongToTheUpperClass() {
    let bounds = ClassBounds.published
    #expect(
      [1, 0.61, 0.609, 0.41, 0.4, 0.29, 0.28, 0].map(bounds.classify)
        == [.proactive, .proactive, .preactive, .preactive, .reactive, .reactive, .passive, .passive])
    // 0.61 by any sum.
    #expect(bounds.classify(0.1 + 0.2 + 0.31) == .proactive && bounds.classify(0.7 - 0.09) == .proactive)
    #expect(bounds.distanceToNext(0.9) == nil && abs(bounds.distanceToNext(0.5)! - 0.11) < 1e-12)
    #expect(BehaviourClass.passive < .reactive && .preactive < BehaviourClass.proactive)
  }

  @Test func valueTest() throws {
    let x = [0.9, 0.8, 0.7, 0.6, 0.5, 0.5, 0.4, 0.3, 0.2, 0.1]
    let members = (0..<10).map { $0 < 3 }
    #expect(abs(try #require(ValueTest.statistic(x, members: members)) - 2.405351) < 1e-6)
    #expect(abs(try #require(ValueTest.statistic(x, members: members, divisor: .countLessOne)) - 2.281916) < 1e-6)
    #expect(ValueTest.statistic(x, members: x.map { _ in false }) == nil)
    #expect(ValueTest.statistic(x, members: x.map { _ in true }) == nil)
    #expect(ValueTest.statistic(x.map { _ in 0.3 }, members: members) == 0)
    // The other class has the same deviation, of the other sign, scaled by its own size.
    let other = try #require(ValueTest.statistic(x, members: members.map { !$0 }))
    #expect(abs(other + 2.405351) < 1e-6)
  }

  @Test func profile() {
    let weights = ValueTest.profile([2.1, -0.6, 0.9])
    #expect(zip(weights, [0.642857, 0, 0.357143]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(ValueTest.profile([1, 3]) == [0.25, 0.75])
    #expect(ValueTest.profile([0, 0]) == [0.5, 0.5] && ValueTest.profile([-1, -1]) == [0.5, 0.5])
    #expect(ValueTest.profile([]).isEmpty)
  }

  @Test func indicesOfThreeSpaces() {
    let indices = PotentialIndices(
      developments: [0.8, 0.4, 0.2, nil], spaces: [.common, .innovation, .export, .common], weights: [2, 1, 1, 5])
    #expect(abs(indices.innovation! - 2.0 / 3) < 1e-12)
    #expect(abs(indices.export! - 0.6) < 1e-12 && abs(indices.joint! - 0.55) < 1e-12)
    let none = PotentialIndices(developments: [0.5], spaces: [.innovation])
    #expect(none.export == nil && none.innovation == 0.5)
  }

  /// Each iteration by hand-written loops over the definition.
  @Test(arguments: 0..<6)
  func classificationFollowsItsSteps(seed: Int) {
    var generator = CounterBasedGenerator(seed: UInt64(seed), purpose: "test")
    let firms = (0..<30).map { _ -> [Double] in
      let general = generator.uniform()
      return (0..<5).map { _ in (min(max(general + 0.3 * (generator.uniform() - 0.5), 0), 1) * 5).rounded() / 5 }
    }
    let result = PotentialIndexClassification(developments: firms)
    #expect(zip(result.initialIndices, firms).allSatisfy { abs($0 - $1.reduce(0, +) / 5) < 1e-12 })
    #expect(result.initialClasses == result.initialIndices.map(ClassBounds.published.classify))
    #expect(result.iterationCount <= 50 && result.classSizes.values.reduce(0, +) == 30)
    for weights in result.profiles.values {
      #expect(abs(weights.reduce(0, +) - 1) < 1e-12 && weights.allSatisfy { $0 >= 0 })
    }
    if result.ending == .converged {
      // A fixed point: profiles of the final classes give the final indices, and these the final classes.
      for (k, firm) in firms.enumerated() {
        let members = result.classes.map { $0 == result.classes[k] }
        let t = (0..<5).map { i in ValueTest.statistic(firms.map { $0[i] }, members: members) ?? 0 }
        let index = zip(ValueTest.profile(t), firm).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(index - result.indices[k]) < 1e-12)
        #expect(ClassBounds.published.classify(index) == result.classes[k])
      }
    }
    let bounded = PotentialIndexClassification(developments: firms, iterationLimit: 1)
    #expect(bounded.iterationCount == 1)
  }

  @Test func oneClassIsLeftAlone() {
    let result = PotentialIndexClassification(developments: [[0.9, 0.8], [0.7, 0.9], [0.8, 0.8]])
    #expect(result.ending == .converged && result.classes == [.proactive, .proactive, .proactive])
    #expect(result.profiles == [.proactive: [0.5, 0.5]])
    #expect(PotentialIndexClassification(developments: []).classes.isEmpty)
  }
}

@Suite struct ExpertWeightTests {
  @Test func hierarchyVector() throws {
    let hierarchy = try AnalyticHierarchy(judgements: [[1, 3, 5], [1 / 3.0, 1, 2], [1 / 5.0, 1 / 2.0, 1]])
    #expect(zip(hierarchy.weights, [0.648329, 0.229651, 0.122020]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(abs(hierarchy.principalEigenvalue - 3.003695) < 1e-6)
    #expect(abs(hierarchy.consistencyIndex - 0.001847) < 1e-6)
    #expect(abs(hierarchy.consistencyRatio! - 0.003185) < 1e-6 && hierarchy.isConsistent)
  }

  /// Judgements that agree: `a_ij = w_i/w_j` gives the weights back, and no inconsistency.
  @Test(arguments: [1, 2, 4, 9, 15, 17])
  func consistentJudgementsGiveTheirWeights(n: Int) throws {
    var generator = CounterBasedGenerator(seed: UInt64(n), purpose: "test")
    let raw = (0..<n).map { _ in 0.1 + generator.uniform() }
    let weights = raw.map { $0 / raw.reduce(0, +) }
    let hierarchy = try AnalyticHierarchy(judgements: weights.map { a in weights.map { a / $0 } })
    #expect(zip(hierarchy.weights, weights).allSatisfy { abs($0 - $1) < 1e-13 })
    #expect(abs(hierarchy.principalEigenvalue - Double(n)) < 1e-10)
    #expect(hierarchy.consistencyIndex < 1e-10)
    #expect((hierarchy.consistencyRatio == nil) == (n > 15))
  }

  @Test func contradictionsAreSaid() throws {
    // A over B over C over A, strongly.
    let circular = try AnalyticHierarchy(judgements: [[1, 5, 0.2], [0.2, 1, 5], [5, 0.2, 1]])
    #expect(!circular.isConsistent && circular.consistencyRatio! > 1)
    #expect(circular.weights.allSatisfy { abs($0 - 1 / 3.0) < 1e-12 })
    #expect(throws: HierarchyError.notReciprocal(row: 0, column: 1)) {
      try AnalyticHierarchy(judgements: [[1, 3], [0.5, 1]])
    }
    #expect(throws: HierarchyError.notReciprocal(row: 1, column: 1)) {
      try AnalyticHierarchy(judgements: [[1, 2], [0.5, 2]])
    }
    #expect(throws: HierarchyError.notPositive(row: 0, column: 1)) {
      try AnalyticHierarchy(judgements: [[1, 0], [0.5, 1]])
    }
    #expect(throws: HierarchyError.notSquare(row: 1, got: 1, expected: 2)) {
      try AnalyticHierarchy(judgements: [[1, 2], [0.5]])
    }
    #expect(throws: HierarchyError.empty) { try AnalyticHierarchy(judgements: []) }
  }

  @Test func expertsAreCombinedByGeometricMeans() throws {
    let a = [[1, 4.0], [0.25, 1]] as [[Double]]
    let b = [[1, 1.0], [1, 1]] as [[Double]]
    #expect(try AnalyticHierarchy.combined([a, b])[0][1] == 2)
    #expect(abs(try AnalyticHierarchy.combined([a, b], weights: [3, 1])[1][0] - pow(0.25, 0.75)) < 1e-12)
    #expect(throws: HierarchyError.notSquare(row: 0, got: 1, expected: 2)) {
      try AnalyticHierarchy.combined([a, [[1.0]]])
    }
  }

  @Test func sensitivityGrowsWithTheSpread() throws {
    let judgements: [[Double]] = [[1, 3, 5], [1 / 3.0, 1, 2], [1 / 5.0, 1 / 2.0, 1]]
    let little = try AnalyticHierarchy.sensitivity(judgements: judgements, spread: 0.01)
    let much = try AnalyticHierarchy.sensitivity(judgements: judgements, spread: 0.8)
    let weights = try AnalyticHierarchy(judgements: judgements).weights
    for i in 0..<3 {
      #expect(little.lower[i] < weights[i] && weights[i] < little.upper[i])
      #expect(much.upper[i] - much.lower[i] > 5 * (little.upper[i] - little.lower[i]))
    }
    #expect(little.orderKept == 1 && much.orderKept < 1 && much.rankKept[0] >= much.orderKept)
    #expect(try AnalyticHierarchy.sensitivity(judgements: judgements, spread: 0.01) == little)
  }

  @Test func prioritiesFromWeightsAlone() {
    let priorities = ExpertPriorities(
      levels: [0.2, 0.9, nil, 0.5, 0.1], targets: [0.7, 0.7, 0.7, 0.7, 0.7],
      innovationWeights: [0.2, 0.3, 0.3, 0.4, 0.1], exportWeights: [0.3, 0.3, 0.3, 0.1, 0])
    #expect(priorities.entries.map(\.capability) == [0, 3, 1, 4] && priorities.unanswered == [2])
    #expect(abs(priorities.entries[0].joint - 0.1) < 1e-12 && abs(priorities.entries[1].joint - 0.02) < 1e-12)
    // At the target, or of use for one goal only: no joint score.
    #expect(priorities.entries[2].joint == 0 && priorities.entries[3].joint == 0)
    #expect(priorities.entries.filter(\.isParetoOptimal).map(\.capability) == [0])
  }

  @Test func mixingIsByPrecision() {
    let mixed = ExpertPriorities.mixed(expert: 1, expertVariance: 0.1, estimate: 3, estimateVariance: 0.3)
    #expect(abs(mixed.value - 1.5) < 1e-12 && abs(mixed.variance - 0.075) < 1e-12)
    let none = ExpertPriorities.mixed(expert: 1, expertVariance: 0.1, estimate: 0, estimateVariance: .infinity)
    #expect(none.value == 1 && none.variance == 0.1)
    #expect(ExpertPriorities.mixed(expert: 1, expertVariance: .infinity, estimate: 2, estimateVariance: 1).value == 2)
  }

  @Test func scales() {
    let scale = MaturityScale()
    #expect(scale.existence(3) == 1 && scale.existence(2) == 0 && scale.existence(nil) == nil)
    #expect(scale.level(2) == 0.5 && scale.level(nil) == nil && scale.level(7) == 1)
  }
}

@Suite struct FlowSortTests {
  private let preferences = [FlowSort.Preference](repeating: .init(indifference: 0.05, preference: 0.25), count: 3)
  private let borders = [1, 0.61, 0.41, 0.29, 0].map { [Double](repeating: $0, count: 3) }

  @Test func publishedVector() {
    let sort = FlowSort(profiles: .limiting(borders), weights: [0.5, 0.2, 0.3], preferences: preferences)
    let result = sort.assign([0.70, 0.35, 0.55])
    let expected = [1.000, 0.373, -0.205, -0.432, -1.000]
    #expect(zip(result.profileFlows, expected).allSatisfy { abs($0.net - $1) < 5e-4 })
    #expect(abs(result.flow.net - 0.264) < 5e-4 && result.byNetFlow == 2)
  }

  /// A firm like a border, or at the ends.
  @Test func ends() {
    let sort = FlowSort(profiles: .limiting(borders), weights: [1, 1, 1], preferences: preferences)
    #expect(sort.assign([1, 1, 1]).byNetFlow == 1 && sort.assign([0, 0, 0]).byNetFlow == 4)
    let middle = sort.assign([0.5, 0.5, 0.5])
    #expect(middle.classes == 2...2 && !middle.isBetween)
  }

  /// Raising a criterion never lowers the class.
  @Test(arguments: 0..<4)
  func isMonotone(seed: Int) {
    var generator = CounterBasedGenerator(seed: UInt64(seed), purpose: "test")
    let sort = FlowSort(profiles: .limiting(borders), weights: [3, 1, 2], preferences: preferences)
    for _ in 0..<50 {
      var firm = (0..<3).map { _ in generator.uniform() }
      let before = sort.assign(firm)
      firm[generator.index(below: 3)] += 0.2
      let after = sort.assign(firm)
      #expect(after.byNetFlow <= before.byNetFlow && after.byPositiveFlow <= before.byPositiveFlow)
      #expect(after.byNegativeFlow <= before.byNegativeFlow)
    }
  }

  /// The class by net flow lies between those by positive and by negative flow (Nemery and Lamboray 2008), and firms
  /// that are strong on some criteria and weak on others are "between" two.
  @Test func incomparableFirmsAreBetween() {
    let sort = FlowSort(profiles: .limiting(borders), weights: [1, 1, 1], preferences: preferences)
    var generator = CounterBasedGenerator(seed: 4, purpose: "test")
    var between = 0
    for _ in 0..<400 {
      let result = sort.assign((0..<3).map { _ in generator.uniform() })
      #expect(result.classes.contains(result.byNetFlow))
      #expect(result.isBetween == (result.classes.count > 1))
      if result.isBetween { between += 1 }
    }
    #expect((4...200).contains(between), "\(between) of 400 are between two classes")
  }

  @Test func centralProfiles() {
    let centers = [0.8, 0.5, 0.35, 0.15].map { [Double](repeating: $0, count: 3) }
    let sort = FlowSort(profiles: .central(centers), weights: [0.5, 0.2, 0.3], preferences: preferences)
    for (h, center) in centers.enumerated() {
      #expect(sort.assign(center).classes == h + 1...h + 1)
    }
    #expect(sort.assign([1, 1, 1]).byNetFlow == 1 && sort.assign([0, 0, 0]).byNetFlow == 4)
  }
}
