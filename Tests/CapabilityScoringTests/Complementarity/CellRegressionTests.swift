import StatisticalLearning
import Testing

@testable import CapabilityScoring

@Suite struct CellRegressionTests {
  private static let count = 60
  private static let cells = (0..<count).map { $0 % 4 }
  private static let context: [[Double]] = [
    (0..<count).map { Double(($0 * 7) % 5 + $0 % 4) },
    (0..<count).map { ($0 * 3) % 7 < 2 ? 1.0 : 0.0 },
  ]
  private static let targets: [Double] = (0..<count).map { i -> Double in
    let sum: Int = i * i + 2 * cells[i] + Int(context[0][i])
    return sum % 3 == 0 ? 1 : 0
  }

  private static func regression(
    _ context: [[Double]] = context, weights: [Double]? = nil
  ) -> CellRegression? {
    CellRegression(
      targets: targets, cells: cells, cellCount: 4, context: context,
      weights: weights ?? [Double](repeating: 1, count: count))
  }

  /// statsmodels 0.15.0, `OLS(...).fit(cov_type="HC3")` on indicators and centred context.
  @Test func matchesStatsmodels() throws {
    let own = try #require(Self.regression())
    let means = [0.21955922865013758, 0.24967860422405885, 0.2823691460055098, 0.31505968778696064]
    let covariance: [Double] = [
      0.017515082979579377, 0.00035159023773010073, -0.001689868706513383, -0.0028392266080883508,
      0.00035159023773010084, 0.014939844526494815, -0.00038848579011894276, -0.0007999777018775601,
      -0.0016898687065133831, -0.0003884857901189428, 0.017386499964603536, 0.0020583171060947715,
      -0.002839226608088351, -0.0007999777018775601, 0.0020583171060947715, 0.01958230530515883,
    ]
    for s in 0..<4 {
      #expect(abs(own.means[s] - means[s]) < 1e-12)
      for t in 0..<4 { #expect(abs(own.covariance[s, t] - covariance[4 * s + t]) < 1e-12) }
    }
    // What other columns determine adds nothing.
    let more = Self.context + [Self.context[0].map { 3 - 2 * $0 }, [Double](repeating: 1, count: 60)]
    let same = try #require(Self.regression(more))
    #expect(same.contextColumnCount == 2)
    #expect(zip(same.means, own.means).allSatisfy { abs($0 - $1) < 1e-10 })
  }

  /// A firm of weight 2 counts as two.
  @Test func weightsAreCounts() throws {
    let weights = (0..<60).map { Double(1 + $0 % 3) }
    let rows = (0..<60).flatMap { Array(repeating: $0, count: 1 + $0 % 3) }
    let weighted = try #require(Self.regression(weights: weights))
    let repeated = try #require(
      CellRegression(
        targets: rows.map { Self.targets[$0] }, cells: rows.map { Self.cells[$0] }, cellCount: 4,
        context: Self.context.map { column in rows.map { column[$0] } }, weights: rows.map { _ in 1 }))
    for s in 0..<4 {
      #expect(abs(weighted.means[s] - repeated.means[s]) < 1e-10)
      for t in 0..<4 { #expect(abs(weighted.covariance[s, t] - repeated.covariance[s, t]) < 1e-10) }
    }
  }

  @Test func withoutContextTheCellsOwnMeans() throws {
    let own = try #require(Self.regression([]))
    #expect(own.contextColumnCount == 0)
    for cell in 0..<4 {
      let rows = (0..<60).filter { Self.cells[$0] == cell }
      let mean = rows.reduce(0.0) { $0 + Self.targets[$1] } / 15
      #expect(abs(own.means[cell] - mean) < 1e-12)
      // HC3 of a mean: Σ e² / (n − 1)².
      let squares = rows.reduce(0.0) { sum, row in
        let gap: Double = Self.targets[row] - mean
        return sum + gap * gap
      }
      #expect(abs(own.covariance[cell, cell] - squares / 196) < 1e-12)
    }
  }

  /// Large firms use both practices and innovate; in firms of a size neither matters. Unadjusted the two look like
  /// complements in most surveys; adjusted only as often as the test errs.
  @Test func contextNoLongerLooksLikeComplementarity() throws {
    var found = (plain: 0, adjusted: 0)
    for seed in 0..<40 {
      var generator = CounterBasedGenerator(seed: UInt64(seed), purpose: "complementarity test")
      var levels: [[Double]] = [[], []]
      var targets: [Double] = []
      var size: [Double] = []
      for _ in 0..<600 {
        let isLarge = generator.uniform() < 0.35
        // Together in large firms, apart in small ones.
        let together = generator.uniform() < (isLarge ? 0.85 : 0.3)
        let first = generator.uniform() < 0.5
        levels[0].append(first ? 1 : 0)
        levels[1].append(first == together ? 1 : 0)
        size.append(isLarge ? 1 : 0)
        targets.append(generator.uniform() < (isLarge ? 0.75 : 0.2) ? 1 : 0)
      }
      func verdict(_ context: [[Double]]) throws -> ComplementarityTest.Verdict {
        let study = try #require(
          PracticeComplementarity(
            candidates: [(0, "a"), (1, "b")], levels: levels, outcomes: [("innovation", targets)], context: context,
            seed: 1))
        #expect(study.contextColumnCount == context.count)
        return study.pairs[0].test.verdict
      }
      found.plain += try verdict([]) == .complements ? 1 : 0
      found.adjusted += try verdict([size]) == .complements ? 1 : 0
    }
    #expect(found.plain > 30, "\(found)")
    #expect(found.adjusted <= 9, "\(found)")
  }
}
