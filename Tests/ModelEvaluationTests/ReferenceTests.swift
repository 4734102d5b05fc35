import Foundation
import StatisticalLearning
import Testing

@testable import ModelEvaluation

/// Agreement with scikit-learn, SciPy, statsmodels and pROC to 1e-10: see `Reference/`.
@Suite struct ReferenceTests {
  private let reference: ReferenceValues
  private let delong: ReferenceValues.DeLong

  init() throws {
    reference = try ReferenceValues.load()
    delong = try ReferenceValues.loadDeLong()
  }

  private func predictions(_ item: ReferenceValues.Case, second: Bool = false) throws -> BinaryPredictions {
    try BinaryPredictions(
      logOdds: second ? item.second : item.logOdds, outcomes: item.outcomes, weights: item.weights)
  }

  @Test(arguments: 0..<5)
  func metricsEqualScikitLearn(number: Int) throws {
    let item = reference.cases[number]
    let expected = item.expected
    let p = try predictions(item)
    #expect(agree(p.areaUnderROC, expected.areaUnderROC))
    #expect(agree(p.logLoss, expected.logLoss))
    #expect(agree(p.brierScore, expected.brierScore))
    #expect(agree(p.devianceExplained, expected.devianceExplained))
    let at = p.metrics(atThreshold: 0.4)
    #expect(agree(at.accuracy, expected.accuracy))
    #expect(agree(at.sensitivity, expected.sensitivity))
    #expect(agree(at.precision, expected.precision))
    #expect(agree(at.f1, expected.f1))
    #expect(agree(at.balancedAccuracy, expected.balancedAccuracy))
    #expect(agree(at.matthewsCorrelation, expected.matthews))
    #expect(agree(at.netBenefit, expected.netBenefit))
    #expect(agree(p.netBenefitInfluence(threshold: 0.4).value, expected.netBenefit))
    #expect(agree(p.accuracyInfluence(threshold: 0.4).value, expected.accuracy))
    let curve = p.rocCurve()
    #expect(curve.count == expected.falsePositiveRates.count)
    #expect(zip(curve, expected.falsePositiveRates).allSatisfy { agree($0.falsePositiveRate, $1) })
    #expect(zip(curve, expected.truePositiveRates).allSatisfy { agree($0.truePositiveRate, $1) })
    let parts = p.brierDecomposition
    #expect(agree(parts.miscalibration, expected.miscalibration))
    #expect(agree(parts.discrimination, expected.discrimination))
    #expect(agree(parts.uncertainty, expected.uncertainty))
  }

  @Test(arguments: 0..<5)
  func calibrationEqualsStatsmodels(number: Int) throws {
    let item = reference.cases[number]
    let expected = item.expected
    let p = try predictions(item)
    let line = try #require(p.calibrationLine(weightMeaning: .frequency))
    #expect(agree(line.intercept, expected.intercept))
    #expect(agree(line.slope, expected.slope))
    #expect(agree(line.interceptStandardError, expected.interceptStandardError))
    #expect(agree(line.slopeStandardError, expected.slopeStandardError))
    #expect(agree(line.covariance, expected.calibrationCovariance))
    let large = try #require(p.calibrationInTheLarge(weightMeaning: .frequency))
    #expect(agree(large.intercept, expected.inTheLarge))
    #expect(agree(large.standardError, expected.inTheLargeStandardError))
  }

  @Test(arguments: 0..<5)
  func calibratorsEqualTheirReferences(number: Int) throws {
    let item = reference.cases[number]
    let expected = item.expected
    let p = try predictions(item)
    guard case .affine(let slope, let intercept) = try CalibrationMethod.platt.fit(p) else {
      Issue.record("Platt scaling is affine")
      return
    }
    #expect(agree(slope, expected.plattSlope) && agree(intercept, expected.plattIntercept))
    // scikit-learn stops its search early.
    #expect(agree(slope, expected.sklearnPlattSlope, 1e-3) && agree(intercept, expected.sklearnPlattIntercept, 1e-3))
    #expect(
      try CalibrationMethod.temperature.fit(p).logOdds(1).distance(to: max(expected.temperatureSlope, 0)).magnitude
        < 1e-10)
    if case .beta(let a, let b, let c) = try CalibrationMethod.beta.fit(p), a > 0, b > 0 {
      #expect(zip([a, b, c], expected.beta).allSatisfy { agree($0, $1) })
    } else {
      #expect(expected.beta[0] < 0 || expected.beta[1] < 0)
    }
    let isotonic = try CalibrationMethod.isotonic.fit(p)
    let bound = 1 / (2 * (p.totalWeight + 1))
    for (f, value) in zip(reference.grid, expected.isotonic) {
      // Ours stays off 0 and 1.
      #expect(agree(sigmoid(isotonic.logOdds(f)), min(max(value, bound), 1 - bound)))
    }
  }

  @Test(arguments: 0..<5)
  func continuousMetricsEqualScikitLearn(number: Int) throws {
    let item = reference.cases[number]
    let p = try ContinuousPredictions(
      values: item.logOdds, outcomes: item.continuousOutcomes, weights: item.weights)
    #expect(agree(p.rSquared, item.expected.rSquared))
    #expect(agree(p.meanSquaredError, item.expected.meanSquaredError))
    #expect(agree(p.meanAbsoluteError, item.expected.meanAbsoluteError))
    #expect(agree(p.calibrationLine?.slope, item.expected.lineSlope))
    #expect(agree(p.calibrationLine?.intercept, item.expected.lineIntercept))
    #expect(agree(p.deviance, item.expected.meanSquaredError * item.weights.reduce(0, +)))
    #expect(agree(RankAgreement.kendallTauB(item.logOdds, item.second), item.expected.kendall))
    #expect(agree(RankAgreement.spearman(item.logOdds, item.second), item.expected.spearman))
  }

  @Test(arguments: 0..<5)
  func areaVarianceEqualsPROC(number: Int) throws {
    let item = reference.cases[number]
    let expected = delong.cases[number]
    let a = try #require(try predictions(item).areaUnderROCInfluence(weightMeaning: .frequency))
    let b = try #require(try predictions(item, second: true).areaUnderROCInfluence(weightMeaning: .frequency))
    #expect(agree(a.value, expected.area) && agree(b.value, expected.secondArea))
    let variances = [a, b, a.minus(b)].map { $0.variance(weightMeaning: .frequency) }
    #expect(agree(variances[0], expected.variance) && agree(variances[1], expected.secondVariance))
    #expect(agree((variances[0] + variances[1] - variances[2]) / 2, expected.covariance))
    let interval = try #require(
      try predictions(item).areaUnderROCInterval(weightMeaning: .frequency, isLogit: false))
    #expect(agree(interval.lower, expected.lower) && agree(interval.upper, expected.upper))
    let difference = a.minus(b).interval(weightMeaning: .frequency)
    #expect(agree(difference.value / difference.standardError, expected.statistic))
    #expect(agree(difference.pValue(), expected.pValue))
  }

  @Test func classMetricsEqualTheirReferences() throws {
    let item = reference.classes
    let p = try ClassPredictions(
      probabilities: Matrix(rowCount: 20, columnCount: 4, layout: .rowMajor, elements: item.probabilities),
      outcomes: item.outcomes, weights: item.weights)
    #expect(agree(p.rankedProbabilityScore, item.rps))
    #expect(agree(p.logLoss, item.logLoss))
    #expect(agree(p.accuracy, item.accuracy))
  }

  @Test func studentDistributionEqualsSciPy() {
    for row in reference.studentCumulative {
      let value = StudentT.cumulative(row[1], degreesOfFreedom: row[0])
      #expect(abs(value - row[2]) <= 1e-10 * row[2], "\(row)")
    }
    for row in reference.studentQuantile {
      #expect(agree(StudentT.quantile(row[1], degreesOfFreedom: row[0]), row[2], 1e-10), "\(row)")
    }
    for row in reference.beta {
      let value = regularizedBeta(row[2], row[0], row[1])
      #expect(abs(value - row[3]) <= 1e-10 * row[3], "\(row)")
    }
  }
}
