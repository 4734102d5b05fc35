import Foundation
import LinearModels
import StatisticalLearning
import Testing

@Suite("Penalties of groups")
struct GroupPenaltyTests {
  static let groups = [3, 3, 7, 3, 9, 9]

  /// The objective in the words of the documentation.
  private func objective(
    _ dataset: Dataset, _ model: LogisticRegressionModel, strength: Double, l1Ratio: Double, groups: [Int],
    isStandardizing: Bool = true
  ) -> Double {
    var value = documentedObjective(
      dataset, intercept: model.intercept, coefficients: model.coefficients, strength: 0, l1Ratio: 0)
    let scaled = standardized(dataset, model.coefficients, isStandardizing)
    for group in Set(groups) {
      let members = groups.indices.filter { groups[$0] == group }
      let squares = members.reduce(0) { $0 + scaled[$1] * scaled[$1] }
      value +=
        strength
        * (l1Ratio * Double(members.count).squareRoot() * squares.squareRoot() + (1 - l1Ratio) / 2 * squares)
    }
    return value
  }

  private func standardized(_ dataset: Dataset, _ coefficients: [Double], _ isStandardizing: Bool) -> [Double] {
    let total = dataset.weights.reduce(0, +)
    return coefficients.indices.map { j in
      guard isStandardizing else { return coefficients[j] }
      let column = dataset.matrix.column(j)
      let mean = column.indices.reduce(0) { $0 + dataset.weights[$1] * column[$1] } / total
      let variance = column.indices.reduce(0) { $0 + dataset.weights[$1] * pow(column[$1] - mean, 2) } / total
      return coefficients[j] * variance.squareRoot()
    }
  }

  @Test(
    "no other coefficients do better", arguments: [(0.4, true), (1, true), (0.4, false), (1, false)],
    [0.005, 0.03, 0.1])
  func minimum(penalty: (l1Ratio: Double, isStandardizing: Bool), strength: Double) throws {
    let (l1Ratio, isStandardizing) = penalty
    let dataset = SimulatedData.binary(seed: 7)
    let model = try LogisticRegression(
      penalty: ElasticNetPenalty(strength: strength, l1Ratio: l1Ratio, groups: Self.groups),
      standardizesFeatures: isStandardizing
    ).fit(dataset)
    #expect(model.record!.isCertified && model.record!.kktResidual < 1e-9)
    func value(_ model: LogisticRegressionModel) -> Double {
      objective(
        dataset, model, strength: strength, l1Ratio: l1Ratio, groups: Self.groups, isStandardizing: isStandardizing)
    }
    let best = value(model)
    var generator = CounterBasedGenerator(seed: 1, purpose: "perturbation")
    for size in [1e-1, 1e-2, 1e-3, 1e-4] {
      for _ in 0..<20 {
        let other = LogisticRegressionModel(
          features: model.features, intercept: model.intercept + size * generator.normal(),
          coefficients: model.coefficients.map { $0 + size * generator.normal() })
        #expect(value(other) > best - 1e-15)
        // Along the zeros of the fit, where a group that is out stays out.
        let sparse = LogisticRegressionModel(
          features: model.features, intercept: model.intercept,
          coefficients: model.coefficients.map { $0 == 0 ? 0 : $0 + size * generator.normal() })
        #expect(value(sparse) > best - 1e-15)
      }
    }
  }

  @Test("groups enter whole, from nothing at the strong end of a certified path", arguments: [0.5, 1])
  func path(l1Ratio: Double) throws {
    let dataset = SimulatedData.binary(seed: 4, rowCount: 150)
    let path = try LogisticRegressionPath(
      shape: PenaltyShape(l1Ratio: l1Ratio, groups: Self.groups), strengths: .automatic(count: 40, ratio: 1e-3)
    ).fit(dataset)
    #expect(path.models.count == 40)
    #expect(path.models.allSatisfy { $0.record!.isCertified && $0.record!.relativeDualityGap <= 1e-10 })
    #expect(path.models[0].coefficients.allSatisfy { $0 == 0 })
    #expect(path.models[1].coefficients.contains { $0 != 0 })
    for model in path.models {
      for group in Set(Self.groups) {
        let isIn = Self.groups.indices.filter { Self.groups[$0] == group }.map { model.coefficients[$0] != 0 }
        #expect(Set(isIn).count == 1)
      }
    }
    // Between the ends of the path some groups are out.
    #expect(path.models.contains { $0.coefficients.contains(0) && $0.coefficients.contains { $0 != 0 } })
  }

  @Test("groups of one are the elastic net, and ridge does not know groups")
  func singles() throws {
    let dataset = SimulatedData.binary(seed: 5)
    for (l1Ratio, groups) in [(0.7, [1, 2, 3, 4, 5, 6]), (0, Self.groups)] {
      let grouped = try LogisticRegression(
        penalty: ElasticNetPenalty(strength: 0.02, l1Ratio: l1Ratio, groups: groups)
      ).fit(dataset)
      let plain = try LogisticRegression(penalty: ElasticNetPenalty(strength: 0.02, l1Ratio: l1Ratio)).fit(dataset)
      #expect(grouped == plain)
    }
  }

  @Test("two equal columns in a group share what one would carry")
  func duplicates() throws {
    let dataset = SimulatedData.binary(seed: 6, featureCount: 3)
    let twice = try Dataset(
      matrix: Matrix(columns: (0..<3).map { dataset.matrix.column($0) } + [dataset.matrix.column(0)]),
      targets: dataset.targets)
    // √2 ‖(v, v)‖ = 2 |v| = |2 v|: the penalty of the pair is that of its sum alone.
    let pair = try LogisticRegression(
      penalty: ElasticNetPenalty(strength: 0.02, l1Ratio: 1, groups: [1, 2, 3, 1])
    ).fit(twice)
    let alone = try LogisticRegression(penalty: ElasticNetPenalty(strength: 0.02, l1Ratio: 1)).fit(dataset)
    #expect(abs(pair.coefficients[0] - pair.coefficients[3]) < 1e-9)
    #expect(abs(pair.coefficients[0] + pair.coefficients[3] - alone.coefficients[0]) < 1e-9)
  }

  @Test("continuous, ordered and nominal outcomes have them too, and more features than rows")
  func otherOutcomes() throws {
    var generator = CounterBasedGenerator(seed: 3, purpose: "wide")
    let columns = (0..<40).map { _ in (0..<30).map { _ in generator.normal() } }
    let scores = (0..<30).map { columns[0][$0] + columns[1][$0] + 0.3 * generator.normal() }
    let groups = (0..<40).map { $0 / 4 }
    func wholes(_ coefficients: [Double]) -> Bool {
      (0..<10).allSatisfy { group in Set((0..<4).map { coefficients[group * 4 + $0] != 0 }).count == 1 }
    }
    let shape = PenaltyShape(l1Ratio: 1, groups: groups)
    let strengths = PenaltyStrengths.automatic(count: 15, ratio: 0.05)
    let linear = try LinearRegressionPath(shape: shape, strengths: strengths).fit(
      Dataset(matrix: Matrix(columns: columns), targets: scores))
    #expect(linear.count == 15)
    #expect(linear.allSatisfy { wholes($0.coefficients) })
    #expect(linear.last!.coefficients[0] > 0)
    let cuts = [10, 20].map { scores.sorted()[$0] }
    let classes = try Dataset(
      matrix: Matrix(columns: columns), targets: scores.map { score in Double(cuts.count { score >= $0 }) })
    let penalty = ElasticNetPenalty(strength: 0, shape: shape)
    let ordinal = try OrdinalRegression(penalty: penalty, tolerance: 1e-8).fitPath(classes, strengths: strengths)
    #expect(ordinal.count == 15)
    #expect(ordinal[0].coefficients.allSatisfy { $0 == 0 })
    #expect(ordinal.allSatisfy { wholes($0.coefficients) && $0.record.kktResidual < 1e-2 })
    let nominal = try MultinomialRegression(penalty: penalty, tolerance: 1e-8).fitPath(classes, strengths: strengths)
    #expect(nominal.count == 15)
    #expect(nominal.allSatisfy { $0.coefficients.allSatisfy(wholes) && $0.record.kktResidual < 1e-2 })
  }

  @Test("two ordered classes are logistic regression, in groups as well")
  func twoClasses() throws {
    let dataset = SimulatedData.binary(seed: 4, rowCount: 100)
    let penalty = ElasticNetPenalty(strength: 0.03, l1Ratio: 0.8, groups: Self.groups)
    let binary = try LogisticRegression(penalty: penalty).fit(dataset)
    let ordinal = try OrdinalRegression(penalty: penalty).fit(dataset)
    #expect(ordinal.record.isCertified)
    for (a, b) in zip(binary.coefficients, ordinal.coefficients) { #expect(abs(a - b) < 1e-9) }
  }

  @Test("groups with bounds, unequal factors or a wrong count are refused")
  func refusals() throws {
    let dataset = SimulatedData.binary(seed: 7, featureCount: 3)
    func fit(_ shape: PenaltyShape) throws {
      _ = try LogisticRegression(penalty: ElasticNetPenalty(strength: 0.1, shape: shape)).fit(dataset)
    }
    #expect(
      throws: TrainingError.invalidParameter(name: "groups", value: "2 values", expected: "3, one per feature")
    ) { try fit(PenaltyShape(l1Ratio: 1, groups: [1, 1])) }
    #expect(
      throws: TrainingError.invalidParameter(
        name: "penaltyFactors[2]", value: "2.0", expected: "1.0, that of feature 0 in the same group")
    ) { try fit(PenaltyShape(l1Ratio: 1, penaltyFactors: [1, 1, 2], groups: [1, 2, 1])) }
    #expect(
      throws: TrainingError.invalidParameter(
        name: "groups[0]", value: "1", expected: "a number of its own, since the feature has a bound")
    ) {
      try fit(
        PenaltyShape(l1Ratio: 1, lowerBounds: [0, -.infinity, -.infinity], groups: [1, 2, 1]))
    }
  }
}
