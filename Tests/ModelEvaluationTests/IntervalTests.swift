import Foundation
import StatisticalLearning
import Testing

@testable import ModelEvaluation

@Suite struct IntervalTests {
  @Test(arguments: 1...6)
  func frequenciesAreRepetitionsInVariances(seed: Int) throws {
    let weighted = try simulatedPredictions(rowCount: 80, seed: UInt64(seed), levels: 10, weighted: true)
    let repeated = try repeatingRows(weighted)
    for influence in [
      (weighted.areaUnderROCInfluence(weightMeaning: .frequency), repeated.areaUnderROCInfluence()),
      (weighted.logLossInfluence(weightMeaning: .frequency), repeated.logLossInfluence()),
      (weighted.brierScoreInfluence(weightMeaning: .frequency), repeated.brierScoreInfluence()),
    ] {
      let (a, b) = (try #require(influence.0), try #require(influence.1))
      #expect(agree(a.value, b.value))
      #expect(agree(a.variance(weightMeaning: .frequency), b.variance()))
      #expect(abs(a.contributions.reduce(0, +)) < 1e-12)
    }
  }

  /// The jackknife needs no formula for the variance.
  @Test(arguments: 1...4)
  func samplingVarianceIsCloseToTheJackknife(seed: Int) throws {
    let p = try simulatedPredictions(rowCount: 150, seed: UInt64(seed), levels: 20, weighted: true)
    let rows = (0..<p.rowCount).filter { p.weights[$0] > 0 }
    let n = Double(rows.count)
    let left = rows.map { row in p.selectingRows(rows.filter { $0 != row }).areaUnderROC! }
    let mean = left.reduce(0, +) / n
    let jackknife = (n - 1) / n * left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let own = try #require(p.areaUnderROCInfluence()).variance()
    #expect(abs(own / jackknife - 1) < 0.03)
  }

  @Test func clustersOfOneRowChangeLittleAndCopiesChangeNothing() throws {
    let p = try simulatedPredictions(rowCount: 200, seed: 3)
    let influence = try #require(p.areaUnderROCInfluence())
    #expect(agree(influence.variance(clusters: Array(0..<200)), influence.variance() * 200 / 199, 1e-12))
    // Every firm answering twice is not twice the firms.
    let twice = p.selectingRows(Array(0..<200) + Array(0..<200))
    let clustered = try #require(twice.areaUnderROCInfluence()).variance(clusters: Array(0..<200) + Array(0..<200))
    #expect(abs(clustered / influence.variance() - 1) < 0.02)
    #expect(try #require(twice.areaUnderROCInfluence()).variance() < 0.6 * influence.variance())
    let line = try #require(twice.calibrationLine(clusters: Array(0..<200) + Array(0..<200)))
    let once = try #require(p.calibrationLine(clusters: Array(0..<200)))
    #expect(agree(line.slopeStandardError, once.slopeStandardError))
  }

  @Test func separatedClassesKeepAnInterval() throws {
    let p = try BinaryPredictions(logOdds: (0..<20).map(Double.init), outcomes: (0..<20).map { $0 < 8 ? 0 : 1 })
    let interval = try #require(p.areaUnderROCInterval())
    #expect(interval.value == 1 && interval.upper == 1 && interval.lower > 0.6 && interval.lower < 0.95)
    // The end solves the equation that defines it.
    let t = interval.lower
    let v = t * (1 - t) * (1 + 9 * ((1 - t) / (2 - t) + t / (1 + t))) / 96
    let z = StandardNormal.quantile(0.975)
    #expect(agree((1 - t) * (1 - t), z * z * v))
    let single = try BinaryPredictions(logOdds: [0, 1, 2], outcomes: [0, 1, 0])
    let wide = try #require(single.areaUnderROCInterval())
    #expect(wide.upper - wide.lower > 0.6)
  }

  @Test func resampledIntervalIsCorrected() throws {
    let values = [0.7, 0.8, 0.75, 0.65, 0.9]
    let interval = try #require(ResampledEstimate.correctedInterval(values, testToTrainingRatio: 0.25))
    let mean = 0.76
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4
    #expect(agree(interval.value, mean) && interval.degreesOfFreedom == 4)
    #expect(agree(interval.standardError, ((0.2 + 0.25) * variance).squareRoot()))
    #expect(agree(interval.upper, mean + 2.7764451051977987 * interval.standardError))
    #expect(ResampledEstimate.correctedInterval([0.5], testToTrainingRatio: 0.25) == nil)
    #expect(interval.pValue(against: mean) == 1 && interval.pValue() < 0.01)
  }

  @Test func intervalsStayInTheirRange() {
    let near = IntervalEstimate(proportion: 0.99, standardError: 0.02)
    #expect(near.lower > 0 && near.upper < 1 && near.upper - 0.99 < 0.99 - near.lower)
    #expect(IntervalEstimate(proportion: 1, standardError: 0.02).upper == 1)
    let percentile = IntervalEstimate(value: 5, replicates: (0...100).map(Double.init), level: 0.9)
    #expect(agree(percentile.lower, 5) && agree(percentile.upper, 95))
  }

  @Test func calibratedPredictionsHaveLittleCalibrationError() throws {
    let p = try simulatedPredictions(rowCount: 4000, seed: 6)
    let off = try BinaryPredictions(logOdds: p.logOdds.map { 2 * $0 + 0.5 }, outcomes: p.outcomes)
    #expect(p.debiasedCalibrationError() < p.expectedCalibrationError() && p.debiasedCalibrationError() < 0.015)
    #expect(p.sweptCalibrationError < 0.03)
    #expect(off.debiasedCalibrationError() > 0.08 && off.sweptCalibrationError > 0.08)
    let bins = p.calibrationBins(binCount: 10)
    #expect(bins.count == 10 && bins.allSatisfy { abs($0.weight - 400) <= 1 })
    #expect(agree(bins.reduce(0) { $0 + $1.weight * $1.observedRate } / 4000, p.baseRate))
    let parts = p.brierDecomposition(binCount: 10)
    #expect(agree(parts.brierScore, parts.miscalibration - parts.discrimination + parts.uncertainty))
    let exact = off.brierDecomposition
    #expect(agree(exact.brierScore, exact.miscalibration - exact.discrimination + exact.uncertainty))
    #expect(exact.miscalibration > 0.01 && agree(exact.discrimination, p.brierDecomposition.discrimination))
  }

  @Test func calibrationCurveFollowsWhatIsTrue() throws {
    let p = try simulatedPredictions(rowCount: 6000, seed: 2, strength: 1.5)
    for point in p.calibrationCurve() { #expect(abs(point.observed - point.predicted) < 0.06) }
    let covered = p.calibrationCurve().count { $0.lower <= $0.predicted && $0.predicted <= $0.upper }
    #expect(covered >= 35)
    let off = try BinaryPredictions(logOdds: p.logOdds.map { 2 * $0 }, outcomes: p.outcomes)
    for point in off.calibrationCurve() {
      #expect(abs(point.observed - sigmoid(logit(point.predicted) / 2)) < 0.06 && point.lower < point.upper)
    }
    // Few distinct predictions: a line; none: no curve.
    let coarse = try simulatedPredictions(rowCount: 200, seed: 2, levels: 2)
    #expect(coarse.calibrationCurve().count == 50)
    #expect(try BinaryPredictions(logOdds: [1, 1], outcomes: [0, 1]).calibrationCurve().isEmpty)
    // Weights are repetitions in the curve itself.
    let weighted = try simulatedPredictions(rowCount: 300, seed: 4, weighted: true)
    let few = try #require(weighted.calibrationLine(weightMeaning: .frequency))
    #expect(agree(few.slope, try repeatingRows(weighted).calibrationLine()?.slope))
  }

  @Test func splineIsStraightBeyondItsKnots() {
    var x: [Double] = []
    for step in 0...400 { x.append(Double(step) / 50 - 4) }
    let columns = BinaryPredictions.splineColumns(x, [-1.5, -0.5, 0.4, 1.2, 1.6])
    #expect(columns.count == 5)
    #expect(columns[1] == x)
    for column in columns.dropFirst(2) {
      var straight = 0.0
      var bent = 0.0
      for i in 1..<400 {
        let middle: Double = 2 * column[i]
        let bend: Double = abs(column[i - 1] + column[i + 1] - middle)
        if x[i] < -1.52 || x[i] > 1.62 { straight = max(straight, bend) } else { bent = max(bent, bend) }
      }
      #expect(straight < 1e-9)
      #expect(bent > 1e-5)
    }
  }

  @Test func decisionCurveMeetsItsEnds() throws {
    let p = try simulatedPredictions(rowCount: 500, seed: 9)
    let curve = p.decisionCurve(thresholds: [0, 0.3, 0.99])
    #expect(agree(curve[0].netBenefit.value, p.baseRate) && agree(curve[0].netBenefitOfAll, p.baseRate))
    #expect(curve[1].netBenefit.lower < curve[1].netBenefit.value)
    #expect(abs(curve[2].netBenefit.value) < 0.01)
  }

  @Test func thinnedCurvesKeepTheirEnds() throws {
    let p = try simulatedPredictions(rowCount: 5000, seed: 9)
    let curve = p.rocCurve(maximumCount: 100)
    #expect(curve.count <= 101 && curve.first?.falsePositiveRate == 0 && curve.last?.truePositiveRate == 1)
    let area = zip(curve, curve.dropFirst()).reduce(0) {
      $0 + ($1.1.falsePositiveRate - $1.0.falsePositiveRate) * ($1.1.truePositiveRate + $1.0.truePositiveRate) / 2
    }
    #expect(abs(area - p.areaUnderROC!) < 0.002)
  }
}
