import Testing

@testable import SurveyData

@Suite struct SampleSizeTests {
  /// Riley's criterion (i) at shrinkage 0.9.
  @Test(arguments: [
    (0.10, 765, 1444, [0.7, 1.8, 3.5, 5.9]), (0.20, 359, 677, [1.5, 3.8, 7.5, 12.6]),
    (0.30, 222, 420, [2.4, 6.1, 12.2, 20.3]), (0.40, 154, 290, [3.5, 8.8, 17.6, 29.4]),
  ])
  func shrinkage(_ r2: Double, _ nine: Int, _ seventeen: Int, _ allowed: [Double]) {
    #expect(SampleSize(parameterCount: 9, prevalence: 0.5, coxSnellR2: r2).forShrinkage == nine)
    #expect(SampleSize(parameterCount: 17, prevalence: 0.5, coxSnellR2: r2).forShrinkage == seventeen)
    for (count, expected) in zip([60, 150, 300, 500], allowed) {
      let found = SampleSize.parametersAllowed(firmCount: count, coxSnellR2: r2)
      #expect(abs(found - expected) < 0.051, "\(found)")
    }
  }

  @Test func overallRisk() {
    #expect(SampleSize(parameterCount: 1, prevalence: 0.3).forOverallRisk == 323)
    #expect(SampleSize(parameterCount: 1, prevalence: 0.5).forOverallRisk == 385)
  }

  /// The example of pmsampsize: 24 parameters, Cox–Snell R² 0.288, prevalence 0.174.
  @Test func publishedExample() {
    let size = SampleSize(parameterCount: 24, prevalence: 0.174, coxSnellR2: 0.288)
    #expect(size.forShrinkage == 623)
    #expect(size.forOptimism == 662)
    #expect(size.forOverallRisk == 221)
    #expect(size.needed == 662)
    #expect(!size.isR2Assumed)
  }

  @Test func assumedR2AndSymmetry() {
    let size = SampleSize(parameterCount: 9, prevalence: 0.5)
    #expect(abs(SampleSize.largestCoxSnellR2(prevalence: 0.5) - 0.75) < 1e-15)
    #expect(abs(size.coxSnellR2 - 0.1125) < 1e-15 && size.isR2Assumed)
    #expect(
      SampleSize(parameterCount: 9, prevalence: 0.2)
        == {
          var other = SampleSize(parameterCount: 9, prevalence: 0.8)
          other.prevalence = 0.2
          return other
        }())
    // More parameters and a rarer outcome never need fewer firms.
    var last = 0
    for count in 1...60 {
      let needed = SampleSize(parameterCount: count, prevalence: 0.1).needed
      #expect(needed >= last)
      last = needed
    }
  }

  @Test func extremes() {
    #expect(SampleSize(parameterCount: 5, prevalence: 1e-9).needed > 1_000_000)
    #expect(SampleSize(parameterCount: 5, prevalence: 0.5, coxSnellR2: 5).coxSnellR2 < 0.75)
  }
}

@Suite struct OddsRatioTests {
  /// statsmodels 0.15.0, `Table2x2([[773, 1107], [436, 1628]])`.
  @Test func agreesWithStatsmodels() {
    let ratio = OddsRatio(both: 773, firstOnly: 1107, secondOnly: 436, neither: 1628)
    #expect(abs(ratio.estimate - 2.607352709612723) < 1e-9)
    #expect(abs(ratio.lower - 2.266642591822998) < 1e-9 && abs(ratio.upper - 2.9992766291650477) < 1e-9)
    #expect(!ratio.isCorrected)
  }

  /// The same with ½ in each cell, `Table2x2([[12.5, 3.5], [0.5, 8.5]])`.
  @Test func emptyCellsAreCorrected() {
    let ratio = OddsRatio(both: 12, firstOnly: 3, secondOnly: 0, neither: 8)
    #expect(ratio.isCorrected)
    #expect(abs(ratio.estimate / 60.714285714285715 - 1) < 1e-9)
    #expect(abs(ratio.lower / 2.7663634683908307 - 1) < 1e-9 && abs(ratio.upper / 1332.5163276321625 - 1) < 1e-9)
  }

  @Test func weights() throws {
    let first: [Double] = [1, 1, 1, 1, 0, 0, 0, 0, .nan]
    let second: [Double] = [1, 1, 1, 0, 1, 0, 0, 0, 1]
    let plain = OddsRatio(both: 3, firstOnly: 1, secondOnly: 1, neither: 3)
    for weight in [1.0, 7] {
      let same = try #require(OddsRatio(first, second, weights: [Double](repeating: weight, count: 9)))
      #expect(abs(same.estimate - plain.estimate) < 1e-12 && abs(same.upper - plain.upper) < 1e-9)
    }
    var weights = [Double](repeating: 1, count: 9)
    weights[0] = 0
    let without = OddsRatio(both: 2, firstOnly: 1, secondOnly: 1, neither: 3)
    let weighted = try #require(OddsRatio(first, second, weights: weights))
    #expect(abs(weighted.lower - without.lower) < 1e-12)
    #expect(OddsRatio([1, 0], [1, 1], weights: [1, 1]) == nil)
  }

  @Test func distanceFromOne() {
    #expect(OddsRatio(both: 5, firstOnly: 5, secondOnly: 5, neither: 5).distanceFromOne == 1)
    let strong = OddsRatio(both: 500, firstOnly: 5, secondOnly: 5, neither: 500)
    let reverse = OddsRatio(both: 5, firstOnly: 500, secondOnly: 500, neither: 5)
    #expect(strong.distanceFromOne == strong.lower)
    #expect(abs(strong.distanceFromOne / reverse.distanceFromOne - 1) < 1e-12)
  }
}
