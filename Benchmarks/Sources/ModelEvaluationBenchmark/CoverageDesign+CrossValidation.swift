import Foundation
import ModelEvaluation
import StatisticalLearning

extension CoverageDesign {
  private static let slopes = [0.8, 0.5, 0.3, 0.3, 0.2, 0, 0, 0]

  private static func draw(_ rowCount: Int, _ generator: inout CounterBasedGenerator) -> (Matrix, [Double]) {
    var rows: [[Double]] = []
    var y: [Double] = []
    for _ in 0..<rowCount {
      let x = slopes.map { _ in generator.normal() }
      rows.append(x)
      let f = zip(slopes, x).reduce(0) { $0 + $1.0 * $1.1 }
      y.append(generator.uniform() < sigmoid(f) ? 1 : 0)
    }
    return (Matrix(rows: rows), y)
  }

  /// Coefficients of a linear discriminant: `(Xᵀ X + n/10 · I)⁻¹ Xᵀ (y − ȳ)` on centred columns, with the first `featureCount`
  /// features.
  private static func fit(_ x: Matrix, _ y: [Double], _ rows: [Int], featureCount: Int) -> [Double] {
    let part = x.selectingRows(rows).selectingColumns(Array(0..<featureCount))
    let mean = rows.reduce(0) { $0 + y[$1] } / Double(rows.count)
    var gram = LinearAlgebra.gram(part)
    for j in 0..<featureCount { gram[j, j] += Double(rows.count) / 10 }
    let right = LinearAlgebra.product(part, transposed: true, rows.map { y[$0] - mean })
    return LinearAlgebra.cholesky(gram)?.solve(right) ?? right
  }

  /// What such a model ranks on new firms. The features are standard normal, so it depends on the coefficients only through
  /// their correlation with the true ones: interpolated from a table made of many rows.
  private static let areaTable: [Double] = {
    let length = slopes.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return Parallel.map(count: 21) { index in
      let correlation = Double(index) / 20
      var generator = CounterBasedGenerator(seed: 0, purpose: "area", index: 0)
      var score: [Double] = []
      var y: [Double] = []
      for _ in 0..<400_000 {
        let truth = generator.normal()
        score.append(correlation * truth + (1 - correlation * correlation).squareRoot() * generator.normal())
        y.append(generator.uniform() < sigmoid(length * truth) ? 1 : 0)
      }
      // Finite numbers, two outcomes: nothing to refuse.
      return try! BinaryPredictions(logOdds: score, outcomes: y).areaUnderROC!
    }
  }()

  private static func trueArea(_ coefficients: [Double]) -> Double {
    let own = coefficients.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let length = slopes.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let correlation = zip(coefficients, slopes).reduce(0) { $0 + $1.0 * $1.1 } / (own * length)
    let place = min(max(correlation, 0), 0.999_999) * 20
    let below = Int(place)
    return areaTable[below] + (place - Double(below)) * (areaTable[below + 1] - areaTable[below])
  }

  /// The mean true area of models trained on the rows of one fold: what cross-validation estimates.
  private static func expectedArea(trainingRowCount: Int, featureCount: Int) -> Double {
    let areas = Parallel.map(count: 2000) { index -> Double in
      var generator = CounterBasedGenerator(seed: 0, purpose: "expected", name: "\(trainingRowCount)", index: index)
      let (x, y) = draw(trainingRowCount, &generator)
      return trueArea(fit(x, y, Array(0..<trainingRowCount), featureCount: featureCount))
    }
    return areas.reduce(0, +) / Double(areas.count)
  }

  /// Five folds repeated ten times: the corrected interval of the mean AUC, that of a paired difference, and the interval over
  /// rows.
  static func crossValidated(rowCount: Int) -> CoverageDesign {
    let training = rowCount * 4 / 5
    let full = expectedArea(trainingRowCount: training, featureCount: 8)
    let small = expectedArea(trainingRowCount: training, featureCount: 1)
    return CoverageDesign(name: "10 × 5-fold cross-validation, \(rowCount) firms") { generator in
      let (x, y) = draw(rowCount, &generator)
      let outcome = BenchmarkOutcome(name: "y", values: y)
      let candidates = [1, 8].map { count in
        BenchmarkCandidate(name: "\(count) features") { split, _ in
          let coefficients = fit(x, y, split.trainingRows, featureCount: count)
          return { rows in
            [rows.map { row in (0..<count).reduce(0) { $0 + coefficients[$1] * x[row, $1] } }]
          }
        }
      }
      guard
        let folds = try? FoldAssignment.stratified(
          strata: y.map { Int($0) }, foldCount: 5, repeatCount: 10, seed: generator.next()),
        var run = try? BenchmarkRun(outcomes: [outcome], candidates: candidates, folds: folds, seed: 1)
      else { return [] }
      run.threadCount = 1
      let result = run.result().outcomes[0]
      let difference = result.differences.first { $0.metric == .auc }
      return [
        ("AUC, corrected resampling", result.candidates[1].metric(.auc)?.interval, full),
        ("AUC, corrected resampling, symmetric", symmetric(result.candidates[1].metric(.auc)?.foldValues, 0.25), full),
        ("AUC difference, corrected resampling", difference?.interval, full - small),
        ("AUC of folds, naive standard error", symmetric(result.candidates[1].metric(.auc)?.foldValues, 0), full),
      ]
    }
  }

  /// Symmetric about the mean of folds; a ratio of 0 ignores the overlap of training sets.
  private static func symmetric(_ values: [Double?]?, _ testToTrainingRatio: Double) -> IntervalEstimate? {
    ResampledEstimate.correctedInterval((values ?? []).compactMap { $0 }, testToTrainingRatio: testToTrainingRatio)
  }
}
