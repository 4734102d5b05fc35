import Foundation

/// Values computed by other tools, with the script that computed them beside: `Reference/metrics.py`, `Reference/delong.R`.
struct ReferenceValues: Decodable {
  struct Case: Decodable {
    var logOdds: [Double]
    var second: [Double]
    var outcomes: [Double]
    var weights: [Double]
    var continuousOutcomes: [Double]
    var expected: Expected
  }

  struct Expected: Decodable {
    var areaUnderROC, logLoss, brierScore, devianceExplained, accuracy, sensitivity, precision, f1: Double
    var balancedAccuracy, matthews, netBenefit, intercept, slope, interceptStandardError, slopeStandardError: Double
    var calibrationCovariance, inTheLarge, inTheLargeStandardError: Double
    var miscalibration, discrimination, uncertainty: Double
    var falsePositiveRates, truePositiveRates, isotonic, beta: [Double]
    var sklearnPlattSlope, sklearnPlattIntercept, plattSlope, plattIntercept, temperatureSlope: Double
    var rSquared, meanSquaredError, meanAbsoluteError, lineSlope, lineIntercept, kendall, spearman: Double
  }

  struct Classes: Decodable {
    var probabilities: [Double]
    var outcomes: [Int]
    var weights: [Double]
    var rps, logLoss, accuracy: Double
  }

  var cases: [Case]
  var grid: [Double]
  var studentCumulative, studentQuantile, beta: [[Double]]
  var classes: Classes

  struct DeLong: Decodable {
    struct Case: Decodable {
      var area, variance, lower, upper, secondArea, secondVariance, covariance, statistic, pValue: Double
    }
    var cases: [Case]
  }

  private static func data(_ name: String) throws -> Data {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Reference")
    return try Data(contentsOf: folder.appendingPathComponent(name))
  }

  static func load() throws -> ReferenceValues {
    try JSONDecoder().decode(ReferenceValues.self, from: data("metrics.json"))
  }

  static func loadDeLong() throws -> DeLong {
    try JSONDecoder().decode(DeLong.self, from: data("delong.json"))
  }
}
