import Foundation
import LinearModels
import StatisticalLearning
import Testing
import _TestSupport

@Suite("Estimates with standard errors and intervals")
struct LogisticInferenceTests {
  private func admissions(weights: [Double]? = nil) throws -> Dataset {
    let columns = try ReferenceTables.numbers("vectors/glm/ucla_admit.csv")
    let rank = columns["rank"]!
    return try Dataset(
      features: ["gre", "gpa", "rank2", "rank3", "rank4"].map { Feature($0) },
      matrix: Matrix(
        columns: [columns["gre"]!, columns["gpa"]!] + (2...4).map { level in rank.map { $0 == Double(level) ? 1 : 0 } }),
      targets: columns["admit"]!, weights: weights)
  }

  @Test(
    "the admissions example agrees with R's glm",
    .enabled(if: SharedData.has("vectors/r-reference/glm_ucla_admit.json"), "../shared/data/vectors is absent"))
  func admissions() throws {
    let reference = try ReferenceTables.json("vectors/r-reference/glm_ucla_admit.json")
    let model = try LogisticInference().fit(admissions())
    for (key, path) in [("coef", \LogisticInferenceModel.Term.estimate), ("se", \.standardError), ("z", \.statistic)] {
      for (term, expected) in zip(model.terms, reference[key] as! [Double]) {
        #expect(abs(term[keyPath: path] - expected) < 1e-6)
      }
    }
    for (term, expected) in zip(model.terms, reference["p"] as! [Double]) {
      #expect(abs(term.pValue - expected) < 1e-8)
    }
    #expect(abs(model.logLikelihood - (reference["loglik"] as! Double)) < 1e-8)
    #expect(abs(model.nullDeviance - (reference["null_deviance"] as! Double)) < 1e-8)
    #expect(abs(model.akaikeCriterion - (reference["aic"] as! Double)) < 1e-8)
    // confint of MASS 7.3-58.2 interpolates the profile by splines, good to about 1e-4 of a standard error.
    let profiles = [
      (-6.2716202334, -1.792547080), (0.0001375921, 0.004435874), (0.1602959439, 1.464142727),
      (-1.3008888002, -0.056745722), (-2.0276713127, -0.670372346), (-2.4000265384, -0.753542605),
    ]
    for (index, expected) in profiles.enumerated() {
      let interval = model.profileInterval(index)
      let unit = model.terms[index].standardError
      #expect(abs(interval.lowerBound - expected.0) < 1e-3 * unit)
      #expect(abs(interval.upperBound - expected.1) < 1e-3 * unit)
    }
  }

  @Test(
    "published examples agree with statsmodels", arguments: StatsmodelsReference.binary)
  func published(reference: StatsmodelsReference.Binary) throws {
    guard SharedData.has("vectors/glm/\(reference.file).csv") else { return }
    let columns = try ReferenceTables.numbers("vectors/glm/\(reference.file).csv")
    let dataset = try Dataset(
      features: reference.features.map { Feature($0) },
      matrix: Matrix(columns: reference.features.map { columns[$0]! }),
      targets: columns[reference.target]!.map { $0 > 0 ? 1 : 0 })
    let model = try LogisticInference().fit(dataset)
    for (index, term) in model.terms.enumerated() {
      #expect(abs(term.estimate - reference.coefficients[index]) < 1e-6)
      #expect(abs(term.standardError - reference.standardErrors[index]) < 1e-6)
    }
    #expect(abs(model.logLikelihood - reference.logLikelihood) < 1e-8)
    #expect(abs(model.akaikeCriterion - reference.akaikeCriterion) < 1e-8)
    // The penalised solver at a strength of zero finds the same maximum.
    let penalized = try LogisticRegression(penalty: ElasticNetPenalty(strength: 0)).fit(dataset)
    for (a, b) in zip(penalized.coefficients, reference.coefficients.dropFirst()) { #expect(abs(a - b) < 1e-6) }
  }

  @Test(
    "clusters give the linearised standard errors",
    .enabled(if: SharedData.has("vectors/glm/ucla_admit.csv"), "../shared/data/vectors is absent"))
  func clusters() throws {
    let learner = LogisticInference(variance: .sample(clusters: (0..<400).map { $0 / 10 }))
    let model = try learner.fit(admissions())
    // R 4.2.2: glm, then sqrt(diag(V %*% (crossprod(rowsum(score, cluster)) * 40/39) %*% V)).
    let expected = [
      0.856653415793, 0.001104595564, 0.271923766038, 0.324428256701, 0.349192751137, 0.428287038388,
    ]
    for (term, expected) in zip(model.terms, expected) { #expect(abs(term.standardError - expected) < 1e-6) }
    #expect(model.degreesOfFreedom == 39)
    // The scale of sampling weights does not matter.
    let scaled = try learner.fit(admissions(weights: [Double](repeating: 7, count: 400)))
    for (a, b) in zip(scaled.terms, model.terms) { #expect(abs(a.standardError - b.standardError) < 1e-12) }
  }

  @Test("standard errors are those of the numerical second derivative, and the profile is where the likelihood says")
  func definition() throws {
    let dataset = SimulatedData.binary(seed: 17, rowCount: 80, featureCount: 3)
    let model = try LogisticInference().fit(dataset)
    func logLikelihood(_ parameters: [Double]) -> Double {
      -80
        * documentedObjective(
          dataset, intercept: parameters[0], coefficients: Array(parameters[1...]), strength: 0, l1Ratio: 0)
    }
    let estimates = model.terms.map(\.estimate)
    #expect(abs(logLikelihood(estimates) - model.logLikelihood) < 1e-10)
    let step = 1e-3
    let count = estimates.count
    var information = Matrix(rowCount: count, columnCount: count)
    for a in 0..<count {
      for b in 0..<count {
        func at(_ i: Double, _ j: Double) -> Double {
          var point = estimates
          point[a] += i * step
          point[b] += j * step
          return logLikelihood(point)
        }
        information[a, b] = -(at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * step * step)
      }
    }
    let inverse = try #require(LinearAlgebra.cholesky(information)).inverse()
    for k in 0..<count {
      #expect(abs(inverse[k, k].squareRoot() / model.terms[k].standardError - 1) < 1e-4)
    }
    // Profile ends, checked by the offset route: the fixed term becomes an offset, the rest is fitted freely.
    for (index, name) in [(1, "x1"), (3, "x3")] {
      let interval = model.profileInterval(index)
      for end in [interval.lowerBound, interval.upperBound] {
        let rest = (0..<3).filter { $0 != index - 1 }
        let constrained = try Dataset(
          matrix: dataset.matrix.selectingColumns(rest), targets: dataset.targets,
          offsets: dataset.matrix.column(index - 1).map { $0 * end })
        let fall = 2 * (model.logLikelihood - (try LogisticInference().fit(constrained).logLikelihood))
        #expect(abs(fall - 3.841458820694124) < 1e-6, "\(name)")
      }
    }
  }

  @Test("collinear and separated data are refused with a reason; Firth's estimates are finite")
  func degenerate() throws {
    let x = (0..<20).map { Double($0) }
    let twice = try Dataset(
      matrix: Matrix(columns: [x, x.map { 3 * $0 - 1 }]), targets: x.map { $0 > 9 ? 1 : 0 })
    #expect(throws: InferenceError.collinear(feature: "x2")) { try LogisticInference().fit(twice) }
    let constant = try Dataset(
      matrix: Matrix(columns: [x.map { _ in 4 }]), targets: x.map { $0 > 9 ? 1 : 0 })
    #expect(throws: InferenceError.collinear(feature: "x1")) { try LogisticInference().fit(constant) }
    let separated = try Dataset(matrix: Matrix(columns: [x]), targets: x.map { $0 > 9 ? 1 : 0 })
    #expect(throws: InferenceError.separated) { try LogisticInference().fit(separated) }
    let firth = try LogisticInference(estimator: .firth).fit(separated)
    #expect(firth.coefficients[0] > 0.3 && firth.coefficients[0] < 3)
    let interval = firth.profileInterval(1)
    #expect(interval.lowerBound > 0)
  }

  @Test("Firth's estimate of a fourfold table adds one half to every cell")
  func firthTable() throws {
    // A saturated model of one binary feature: Jeffreys' prior adds 1/2 to each cell (Heinze and Schemper 2002).
    let cells = [(0.0, 0.0, 7.0), (0, 1, 2), (1, 0, 1), (1, 1, 9)]
    let dataset = try Dataset(
      matrix: Matrix(columns: [cells.map(\.0)]), targets: cells.map(\.1), weights: cells.map(\.2))
    let model = try LogisticInference(estimator: .firth).fit(dataset)
    #expect(abs(model.intercept - log(2.5 / 7.5)) < 1e-8)
    #expect(abs(model.coefficients[0] - (log(9.5 / 1.5) - log(2.5 / 7.5))) < 1e-8)
  }

  @Test("a row of weight 2 is two rows, a row of weight 0 is none")
  func weights() throws {
    let dataset = SimulatedData.binary(seed: 8, rowCount: 60, featureCount: 3)
    let weights = dataset.targets.indices.map { Double($0 % 3) }
    let rows = dataset.targets.indices.flatMap { [Int](repeating: $0, count: $0 % 3) }
    for estimator in [LogisticInference.Estimator.maximumLikelihood, .firth] {
      let weighted = try LogisticInference(estimator: estimator).fit(dataset.weighted(by: weights))
      let repeated = try LogisticInference(estimator: estimator).fit(dataset.selectingRows(rows))
      for (a, b) in zip(weighted.terms, repeated.terms) {
        #expect(abs(a.estimate - b.estimate) < 1e-10)
        #expect(abs(a.standardError - b.standardError) < 1e-10)
      }
    }
  }
}
