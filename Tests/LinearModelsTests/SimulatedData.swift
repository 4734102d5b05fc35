import Foundation
import StatisticalLearning

/// Small generated data of a known kind.
enum SimulatedData {
  /// Correlated normal features on different scales, and a logistic outcome.
  static func binary(
    seed: UInt64, rowCount: Int = 120, featureCount: Int = 6, correlation: Double = 0.4, signal: Double = 1,
    weights: [Double]? = nil
  ) -> Dataset {
    var generator = CounterBasedGenerator(seed: seed, purpose: "test data")
    var rows: [[Double]] = []
    var targets: [Double] = []
    for _ in 0..<rowCount {
      let common = generator.normal()
      let row = (0..<featureCount).map { j in
        let value = correlation.squareRoot() * common + (1 - correlation).squareRoot() * generator.normal()
        return value * pow(2, Double(j % 4) - 1) + Double(j % 3)
      }
      let score = row.indices.reduce(-0.2) { sum, j in
        sum + signal * (j % 2 == 0 ? 0.7 : -0.5) / Double(j + 1) * (row[j] - Double(j % 3)) / pow(2, Double(j % 4) - 1)
      }
      targets.append(generator.uniform() < sigmoid(score) ? 1 : 0)
      rows.append(row)
    }
    return try! Dataset(matrix: Matrix(rows: rows), targets: targets, weights: weights)
  }
}

/// The objective in the words of the documentation, computed term by term, for comparison with what solvers report.
func documentedObjective(
  _ dataset: Dataset, intercept: Double, coefficients: [Double], strength: Double, l1Ratio: Double,
  penaltyFactors: [Double]? = nil, isStandardizing: Bool = true
) -> Double {
  let total = dataset.weights.reduce(0, +)
  var value = 0.0
  for row in 0..<dataset.rowCount where dataset.weights[row] > 0 {
    let x = dataset.matrix.row(row)
    var eta = intercept + (dataset.offsets?[row] ?? 0)
    for j in x.indices { eta += coefficients[j] * x[j] }
    value += dataset.weights[row] / total * (logOnePlusExp(eta) - dataset.targets[row] * eta)
  }
  for j in 0..<dataset.featureCount {
    let column = dataset.matrix.column(j)
    let mean = column.indices.reduce(0) { $0 + dataset.weights[$1] * column[$1] } / total
    let variance = column.indices.reduce(0) { $0 + dataset.weights[$1] * pow(column[$1] - mean, 2) } / total
    let w = coefficients[j] * (isStandardizing ? variance.squareRoot() : 1)
    value += strength * (penaltyFactors?[j] ?? 1) * (l1Ratio * abs(w) + (1 - l1Ratio) / 2 * w * w)
  }
  return value
}
