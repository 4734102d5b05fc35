import Foundation
import LinearModels
import StatisticalLearning
import Testing
import _TestSupport

@Suite("Continuous, ordered and nominal outcomes")
struct OtherOutcomesTests {
  /// Two or more ordered classes cut from a noisy score.
  private func classes(_ count: Int, seed: UInt64 = 3, rowCount: Int = 150) throws -> Dataset {
    let binary = SimulatedData.binary(seed: seed, rowCount: rowCount, featureCount: 4)
    var generator = CounterBasedGenerator(seed: seed, purpose: "classes")
    let scores = (0..<rowCount).map { row in
      0.8 * binary.matrix[row, 0] - 0.3 * binary.matrix[row, 1] + generator.normal()
    }
    let cuts = (1..<count).map { scores.sorted()[$0 * rowCount / count] }
    return try Dataset(
      matrix: binary.matrix, targets: scores.map { score in Double(cuts.count { score >= $0 }) })
  }

  @Test(
    "gaussian coefficients agree with glmnet",
    .enabled(
      if: SharedData.has("vectors/r-reference/glmnet_QuickStartExample.json"), "../shared/data/vectors is absent"))
  func gaussian() throws {
    let dataset = try ReferenceTables.example("vectors/r-reference/QuickStartExample.csv")
    let fits =
      try ReferenceTables.json("vectors/r-reference/glmnet_QuickStartExample.json")["fits"] as! [[String: Any]]
    let mean = dataset.targets.reduce(0, +) / Double(dataset.rowCount)
    let deviation = (dataset.targets.reduce(0) { $0 + pow($1 - mean, 2) } / Double(dataset.rowCount)).squareRoot()
    for fit in fits {
      let alpha = fit["alpha"] as! Double
      for (strength, expected) in zip(fit["lambda"] as! [Double], fit["coef_intercept_first"] as! [[Double]]) {
        // glmnet's ridge part is on the scale of an outcome of unit variance.
        let (l1, l2) = (strength * alpha, strength * (1 - alpha) / deviation)
        let model = try LinearRegression(
          penalty: ElasticNetPenalty(strength: l1 + l2, l1Ratio: l1 / (l1 + l2)),
          standardizesFeatures: fit["standardize"] as! Bool, tolerance: 1e-14
        ).fit(dataset)
        #expect(model.record.isCertified)
        for (ours, theirs) in zip([model.intercept] + model.coefficients, expected) {
          #expect(abs(ours - theirs) < 1e-6, "alpha \(alpha), lambda \(strength)")
        }
      }
    }
  }

  @Test(
    "proportional odds agree with polr and clm",
    .enabled(if: SharedData.has("vectors/r-reference/clm_wine_logit.json"), "../shared/data/vectors is absent"))
  func proportionalOdds() throws {
    let wine = try ReferenceTables.columns("vectors/r-reference/wine_bitterness.csv")
    let wineData = try Dataset(
      features: [Feature("tempwarm"), Feature("contactyes")],
      matrix: Matrix(
        columns: [wine["temp"]!.map { $0 == "warm" ? 1 : 0 }, wine["contact"]!.map { $0 == "yes" ? 1 : 0 }]),
      targets: wine["rating"]!.map { Double($0)! - 1 })
    let ucla = try ReferenceTables.columns("vectors/glm/miscmodels__tests__results__ologit_ucla.csv")
    let levels = ["unlikely", "somewhat likely", "very likely"]
    let uclaData = try Dataset(
      features: [Feature("pared"), Feature("public"), Feature("gpa")],
      matrix: Matrix(columns: ["pared", "public", "gpa"].map { ucla[$0]!.map { Double($0)! } }),
      targets: ucla["apply"]!.map { Double(levels.firstIndex(of: $0)!) })
    let clm = try ReferenceTables.json("vectors/r-reference/clm_wine_logit.json")
    let polr = try ReferenceTables.json("vectors/r-reference/polr_ucla_ologit.json")
    let learner = OrdinalRegression(penalty: ElasticNetPenalty(strength: 0))
    let first = try learner.estimate(wineData)
    let coefficients = clm["coef"] as! [String: Double]
    let errors = clm["se"] as! [String: Double]
    for (index, name) in ["1|2", "2|3", "3|4", "4|5"].enumerated() {
      #expect(abs(first.model.thresholds[index] - coefficients[name]!) < 1e-6)
      #expect(abs(first.thresholdErrors[index] - errors[name]!) < 1e-5)
    }
    for (index, name) in ["tempwarm", "contactyes"].enumerated() {
      #expect(abs(first.model.coefficients[index] - coefficients[name]!) < 1e-6)
      #expect(abs(first.coefficientErrors[index] - errors[name]!) < 1e-5)
    }
    #expect(abs(first.logLikelihood - (clm["loglik"] as! Double)) < 1e-8)

    let second = try learner.estimate(uclaData)
    #expect(abs(-2 * second.logLikelihood - (polr["deviance"] as! Double)) < 1e-8)
    for (index, name) in ["pared", "public", "gpa"].enumerated() {
      #expect(abs(second.model.coefficients[index] - (polr["coef"] as! [String: Double])[name]!) < 1e-6)
      #expect(abs(second.coefficientErrors[index] - (polr["se"] as! [String: Double])[name]!) < 1e-5)
      #expect(abs(second.model.coefficients[index] - StatsmodelsReference.orderedSlopes[index]) < 1e-6)
      #expect(abs(second.coefficientErrors[index] - StatsmodelsReference.orderedSlopeErrors[index]) < 1e-6)
    }
    for (ours, theirs) in zip(second.model.thresholds, StatsmodelsReference.orderedThresholds) {
      #expect(abs(ours - theirs) < 1e-6)
    }
    #expect(abs(second.logLikelihood - StatsmodelsReference.orderedLogLikelihood) < 1e-8)
  }

  @Test(
    "nominal coefficients without a penalty agree with statsmodels",
    .enabled(if: SharedData.has("vectors/glm/data_anes96.csv"), "../shared/data/vectors is absent"))
  func nominal() throws {
    let columns = try ReferenceTables.numbers("vectors/glm/data_anes96.csv")
    let dataset = try Dataset(
      matrix: Matrix(columns: ["logpopul", "selfLR", "age", "educ", "income"].map { columns[$0]! }),
      targets: columns["PID"]!)
    let model = try MultinomialRegression(penalty: ElasticNetPenalty(strength: 0)).fit(dataset)
    for (k, expected) in StatsmodelsReference.nominalContrasts.enumerated() {
      let ours =
        [model.intercepts[k + 1] - model.intercepts[0]]
        + (0..<5).map { model.coefficients[k + 1][$0] - model.coefficients[0][$0] }
      for (a, b) in zip(ours, expected) { #expect(abs(a - b) < 1e-6) }
    }
    let probabilities = model.probabilities(for: dataset.matrix)
    let logLikelihood = dataset.targets.indices.reduce(0) {
      $0 + log(probabilities[$1, Int(dataset.targets[$1])])
    }
    #expect(abs(logLikelihood - StatsmodelsReference.nominalLogLikelihood) < 1e-8)
  }

  @Test("two ordered classes are logistic regression", arguments: [0, 0.5, 1])
  func twoClasses(l1Ratio: Double) throws {
    let dataset = SimulatedData.binary(seed: 4, rowCount: 100, featureCount: 4)
    let penalty = ElasticNetPenalty(
      strength: 0.02, l1Ratio: l1Ratio, penaltyFactors: [1, 0, 1, 2], lowerBounds: [0, -9, -9, -9])
    let binary = try LogisticRegression(penalty: penalty, tolerance: 1e-14).fit(dataset)
    let ordinal = try OrdinalRegression(penalty: penalty, tolerance: 1e-14).fit(dataset)
    #expect(ordinal.record.isCertified)
    for (a, b) in zip(binary.coefficients, ordinal.coefficients) { #expect(abs(a - b) < 1e-6) }
    #expect(abs(binary.intercept + ordinal.thresholds[0]) < 1e-6)
    let probabilities = ordinal.probabilities(for: dataset.matrix).column(1)
    for (a, b) in zip(binary.probabilities(for: dataset.matrix), probabilities) { #expect(abs(a - b) < 1e-6) }
  }

  @Test("two nominal classes are logistic regression at half the ridge or the same lasso strength")
  func twoNominalClasses() throws {
    let dataset = SimulatedData.binary(seed: 4, rowCount: 100, featureCount: 4)
    for l1Ratio in [0, 1.0] {
      let binary = try LogisticRegression(
        penalty: ElasticNetPenalty(strength: l1Ratio == 0 ? 0.015 : 0.03, l1Ratio: l1Ratio), tolerance: 1e-14
      ).fit(dataset)
      let nominal = try MultinomialRegression(
        penalty: ElasticNetPenalty(strength: 0.03, l1Ratio: l1Ratio), tolerance: 1e-14
      ).fit(dataset)
      #expect(nominal.record.isCertified)
      for j in 0..<4 {
        #expect(abs(nominal.coefficients[1][j] - nominal.coefficients[0][j] - binary.coefficients[j]) < 1e-6)
      }
    }
  }

  @Test("no other coefficients do better, in any form", arguments: [0, 1.0])
  func minimum(l1Ratio: Double) throws {
    let dataset = try classes(3)
    let strength = 0.02
    let scales = (0..<4).map { j in
      let column = dataset.matrix.column(j)
      let mean = column.reduce(0, +) / 150
      return (column.reduce(0) { $0 + pow($1 - mean, 2) } / 150).squareRoot()
    }
    func penalty(_ w: [Double]) -> Double {
      zip(w, scales).reduce(0) { sum, pair in
        let v = pair.0 * pair.1
        return sum + strength * (l1Ratio * abs(v) + (1 - l1Ratio) / 2 * v * v)
      }
    }
    func ordinal(_ thresholds: [Double], _ w: [Double], _ deviations: [[Double]]) -> Double {
      var value = penalty(w) + deviations.reduce(0) { $0 + 2 * penalty($1) }
      for row in 0..<150 {
        let x = dataset.matrix.row(row)
        func cumulative(_ k: Int) -> Double {
          if k < 0 { return 0 }
          if k >= thresholds.count { return 1 }
          var eta = thresholds[k]
          for j in 0..<4 { eta -= x[j] * (w[j] + (deviations.isEmpty ? 0 : deviations[k][j])) }
          return 1 / (1 + exp(-eta))
        }
        let k = Int(dataset.targets[row])
        value -= log(max(cumulative(k) - cumulative(k - 1), 1e-300)) / 150
      }
      return value
    }
    func nominal(_ intercepts: [Double], _ w: [[Double]]) -> Double {
      var value = w.reduce(0) { $0 + penalty($1) }
      for row in 0..<150 {
        let x = dataset.matrix.row(row)
        let scores = intercepts.indices.map { k in intercepts[k] + (0..<4).reduce(0) { $0 + x[$1] * w[k][$1] } }
        value -= (scores[Int(dataset.targets[row])] - log(scores.reduce(0) { $0 + exp($1) })) / 150
      }
      return value
    }
    let shape = ElasticNetPenalty(strength: strength, l1Ratio: l1Ratio)
    let parallel = try OrdinalRegression(penalty: shape).fit(dataset)
    let flexible = try OrdinalRegression(penalty: shape, form: .semiParallel(deviationFactor: 2)).fit(dataset)
    let classes = try MultinomialRegression(penalty: shape).fit(dataset)
    #expect(parallel.record.isCertified && flexible.record.isCertified && classes.record.isCertified)
    let best = [
      ordinal(parallel.thresholds, parallel.coefficients, []),
      ordinal(flexible.thresholds, flexible.coefficients, flexible.deviations),
      nominal(classes.intercepts, classes.coefficients),
    ]
    #expect(best[1] <= best[0])
    var generator = CounterBasedGenerator(seed: 6, purpose: "perturbation")
    for size in [1e-2, 1e-3, 1e-4] {
      for _ in 0..<10 {
        func moved(_ values: [Double]) -> [Double] { values.map { $0 + size * generator.normal() } }
        let others = [
          ordinal(moved(parallel.thresholds), moved(parallel.coefficients), []),
          ordinal(moved(flexible.thresholds), moved(flexible.coefficients), flexible.deviations.map { moved($0) }),
          nominal(moved(classes.intercepts), classes.coefficients.map { moved($0) }),
        ]
        for (other, best) in zip(others, best) { #expect(other > best - 1e-14) }
      }
    }
    for model in [parallel, flexible] {
      let probabilities = model.probabilities(for: dataset.matrix)
      for row in 0..<150 { #expect(abs(probabilities.row(row).reduce(0, +) - 1) < 1e-12) }
    }
  }

  @Test("paths are certified throughout and start at nothing")
  func paths() throws {
    let dataset = try classes(4, rowCount: 200)
    let penalty = ElasticNetPenalty(strength: 0, l1Ratio: 1)
    for form in [OrdinalRegression.Form.parallel, .semiParallel()] {
      let models = try OrdinalRegression(penalty: penalty, form: form, tolerance: 1e-8)
        .fitPath(dataset, strengths: .automatic(count: 30, ratio: 1e-3))
      #expect(models.count == 30)
      #expect(models[0].coefficients.allSatisfy { abs($0) < 1e-8 })
      #expect(models.last!.coefficients[0] > 0.1)
      #expect(models.allSatisfy { $0.record.isCertified && $0.record.relativeDualityGap <= 1e-8 })
    }
    let nominal = try MultinomialRegression(penalty: penalty, tolerance: 1e-8)
      .fitPath(dataset, strengths: .automatic(count: 30, ratio: 1e-3))
    #expect(nominal.count == 30)
    let linear = try CrossValidatedLinearRegression(folds: .random(count: 5, seed: 1)).fit(dataset)
    #expect(linear.path.count == 100)
    #expect(linear.curve.means[linear.chosenIndex] == linear.curve.means.min())
  }

  @Test("few firms stand near the experts, many near the data")
  func priorShrinkage() throws {
    // The truth is on the first feature; the experts believe in the last.
    func distance(_ rowCount: Int) throws -> Double {
      let dataset = SimulatedData.binary(seed: 12, rowCount: rowCount, featureCount: 4, correlation: 0, signal: 1.2)
      let model = try PriorShrinkage(priorWeights: [0.1, 0.1, 0.1, 0.7], folds: .random(count: 5, seed: 3)).fit(dataset)
      #expect(model.model.record?.isCertified == true)
      let size = model.departures.reduce(0) { $0 + $1 * $1 }.squareRoot()
      // The coefficients are those of index and departures together.
      let scores = model.logOdds(for: dataset.matrix)
      #expect(scores.allSatisfy { $0.isFinite })
      return size
    }
    #expect(try distance(40) < 0.3)
    #expect(try distance(4000) > 0.6)
  }
}
