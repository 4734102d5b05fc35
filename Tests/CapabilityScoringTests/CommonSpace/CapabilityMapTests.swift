import Foundation
import StatisticalLearning
import Testing

@testable import CapabilityScoring

private func distances(_ points: Matrix) -> Matrix {
  let n = points.rowCount
  var result = Matrix(rowCount: n, columnCount: n)
  for i in 0..<n {
    for j in 0..<n where i != j {
      let (a, b) = (points[min(i, j), 0] - points[max(i, j), 0], points[min(i, j), 1] - points[max(i, j), 1])
      result[i, j] = (a * a + b * b).squareRoot()
    }
  }
  return result
}

private func randomPoints(_ n: Int, seed: UInt64) -> Matrix {
  var generator = CounterBasedGenerator(seed: seed, purpose: "map")
  return Matrix(rows: (0..<n).map { _ in [2 * generator.normal(), generator.normal()] })
}

@Suite struct PolychoricCorrelationTests {
  /// `Tests/Scripts/common_space.py` (scipy 1.17.1).
  @Test func matchesAnIndependentOptimizer() {
    let wide = PolychoricCorrelation.estimate(table: [[13, 6, 2], [8, 15, 9], [1, 7, 14]])
    #expect(abs(wide - 0.6392460768798706) < 1e-6)
    let binary = PolychoricCorrelation.estimate(table: [[40, 10], [12, 38]])
    #expect(abs(binary - 0.7714835288285102) < 1e-6)
  }

  /// Cut normals give their correlation back, where Pearson's of the levels does not.
  @Test(arguments: [-0.7, 0, 0.4, 0.85])
  func recoversTheLatentCorrelation(rho: Double) throws {
    var generator = CounterBasedGenerator(seed: 3, purpose: "test")
    var first: [Double] = []
    var second: [Double] = []
    for _ in 0..<3_000 {
      let x = generator.normal()
      let y = rho * x + (1 - rho * rho).squareRoot() * generator.normal()
      first.append(x < -1 ? 1 : (x < 0.8 ? 2 : 3))
      second.append(y < 0.5 ? 0 : (y < 1.2 ? 1 : (y < 2 ? 4 : 7)))
    }
    let estimate = try #require(PolychoricCorrelation.estimate(first, second))
    #expect(abs(estimate - rho) < 0.06)
    // Weights are counts, and missing pairs are left out.
    let weights = first.indices.map { Double($0 % 3) }
    let rows = first.indices.flatMap { Array(repeating: $0, count: $0 % 3) }
    let weighted = try #require(PolychoricCorrelation.estimate(first, second, weights: weights))
    let repeated = try #require(PolychoricCorrelation.estimate(rows.map { first[$0] }, rows.map { second[$0] }))
    #expect(abs(weighted - repeated) < 1e-9)
    #expect(PolychoricCorrelation.estimate(first + [.nan], second + [1]) == estimate)
  }

  @Test func oneLevelHasNone() {
    #expect(PolychoricCorrelation.estimate([1, 1, 1], [1, 2, 3]) == nil)
    #expect(PolychoricCorrelation.estimate([], []) == nil)
    #expect(PolychoricCorrelation.estimate([1, 2, 1, 2], [1, 2, 1, 2])! > 0.99)
  }

  @Test func theMatrixIsPositive() throws {
    // Pairwise complete answers that contradict each other: ρ₁₂ and ρ₂₃ near 1, ρ₁₃ near −1.
    let columns: [[Double]] = [
      [1, 2, 1, 2, .nan, .nan, .nan, .nan, 1, 2, 1, 2], [1, 2, 1, 2, 1, 2, 1, 2, .nan, .nan, .nan, .nan],
      [.nan, .nan, .nan, .nan, 1, 2, 1, 2, 2, 1, 2, 1],
    ]
    let (matrix, least) = PolychoricCorrelation.matrix(columns)
    #expect(least < -0.5)
    let eigen = try #require(LinearAlgebra.symmetricEigen(matrix))
    #expect(eigen.values[0] > 0 && (0..<3).allSatisfy { matrix[$0, $0] == 1 })
    #expect(matrix[0, 1] > 0 && matrix[0, 2] < 0)
    #expect(PolychoricCorrelation.matrix(columns, threadCount: 1).correlations == matrix)
  }
}

@Suite struct CapabilityMapTests {
  @Test(arguments: [2, 3, 8, 20])
  func distancesInThePlaneAreReproduced(n: Int) {
    let points = randomPoints(n, seed: UInt64(n))
    let map = CapabilityMap(dissimilarities: distances(points))
    #expect(map.stress < 1e-4 && map.isConverged)
    // A map of distances in the plane is the plane, up to a rigid motion.
    #expect(ProcrustesAlignment.align(map.points, to: points).deviation < 1e-3)
    #expect(abs(map.points.column(0).reduce(0, +)) < 1e-9)
  }

  /// No small move of any point lowers the stress: it is a minimum.
  @Test(arguments: 1...4)
  func isALocalMinimum(seed: Int) {
    var generator = CounterBasedGenerator(seed: UInt64(seed), purpose: "test")
    let n = 9
    var delta = Matrix(rowCount: n, columnCount: n)
    for i in 0..<n {
      for j in 0..<i {
        let value = 0.2 + generator.uniform()
        delta[i, j] = value
        delta[j, i] = value
      }
    }
    func rawStress(_ points: Matrix) -> Double {
      let d = distances(points)
      return zip(d.elements, delta.elements).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 2
    }
    let map = CapabilityMap(dissimilarities: delta, iterationLimit: 20_000, tolerance: 1e-14)
    let least = rawStress(map.points)
    let squares = distances(map.points).elements.reduce(0) { $0 + $1 * $1 } / 2
    #expect(abs(map.stress - (least / squares).squareRoot()) < 1e-9)
    for i in 0..<n {
      for axis in 0..<2 {
        for step in [1e-3, -1e-3] {
          var moved = map.points
          moved[i, axis] += step
          #expect(rawStress(moved) > least - 1e-9)
        }
      }
    }
    #expect(CapabilityMap(dissimilarities: delta, iterationLimit: 20_000, tolerance: 1e-14) == map)
  }

  @Test func ends() {
    #expect(CapabilityMap(dissimilarities: Matrix(rowCount: 0, columnCount: 0)).stress == 0)
    #expect(CapabilityMap(dissimilarities: Matrix(rowCount: 1, columnCount: 1)).points.rowCount == 1)
    // All alike: all in one place.
    let alike = CapabilityMap(dissimilarities: Matrix(rowCount: 4, columnCount: 4))
    #expect(alike.points.elements.allSatisfy { abs($0) < 1e-6 })
  }

  @Test func dissimilaritiesOfCorrelations() {
    var correlations = Matrix(rowCount: 3, columnCount: 3)
    for i in 0..<3 { correlations[i, i] = 1 }
    correlations[0, 1] = -1
    correlations[1, 0] = -1
    correlations[0, 2] = 1
    correlations[2, 0] = 1
    let d = CapabilityMap.dissimilarities(correlations: correlations)
    #expect(d[0, 1] == 2 && d[0, 2] == 0 && abs(d[1, 2] - 2.0.squareRoot()) < 1e-15 && d[1, 1] == 0)
  }
}

@Suite struct ProcrustesTests {
  @Test(arguments: [(0.7, 1.0), (-2, -1), (3, 1)])
  func undoesAMotion(angle: Double, mirror: Double) {
    let reference = randomPoints(7, seed: 5)
    let moved = Matrix(
      rows: (0..<7).map { i in
        let (a, b) = (reference[i, 0], mirror * reference[i, 1])
        return [cos(angle) * a - sin(angle) * b + 3, sin(angle) * a + cos(angle) * b - 1]
      })
    let aligned = ProcrustesAlignment.align(moved, to: reference)
    #expect(aligned.deviation < 1e-12)
    for i in 0..<7 {
      for axis in 0..<2 { #expect(abs(aligned.points[i, axis] - reference[i, axis]) < 1e-12) }
    }
    // No other turn of a noisy map comes nearer.
    let noisy = randomPoints(7, seed: 6)
    let best = ProcrustesAlignment.align(noisy, to: reference)
    for k in 0..<36 {
      let turn = Double(k) * .pi / 18
      var squares = 0.0
      let mean = (0..<2).map { axis in noisy.column(axis).reduce(0, +) / 7 }
      let target = (0..<2).map { axis in reference.column(axis).reduce(0, +) / 7 }
      for i in 0..<7 {
        let (a, b) = (noisy[i, 0] - mean[0], mirror * (noisy[i, 1] - mean[1]))
        squares += pow(cos(turn) * a - sin(turn) * b + target[0] - reference[i, 0], 2)
        squares += pow(sin(turn) * a + cos(turn) * b + target[1] - reference[i, 1], 2)
      }
      #expect((squares / 7).squareRoot() >= best.deviation - 1e-12)
    }
  }
}

@Suite struct HierarchicalClustersTests {
  /// scipy 1.17.1, `linkage(method="average")`.
  @Test func matchesScipy() {
    let d = Matrix(rows: [
      [0, 2, 6, 10, 9], [2, 0, 5, 9, 8], [6, 5, 0, 4, 5], [10, 9, 4, 0, 3], [9, 8, 5, 3, 0],
    ])
    let tree = HierarchicalClusters(dissimilarities: d)
    #expect(tree.merges.map(\.first) == [0, 3, 2, 5] && tree.merges.map(\.second) == [1, 4, 6, 7])
    #expect(zip(tree.merges.map(\.height), [2, 3, 4.5, 7.833333333333333]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(tree.clusters(1) == [0, 0, 0, 0, 0] && tree.clusters(2) == [0, 0, 1, 1, 1])
    #expect(tree.clusters(3) == [0, 0, 1, 2, 2] && tree.clusters(5) == [0, 1, 2, 3, 4])
    let ward = HierarchicalClusters(dissimilarities: d, linkage: .ward)
    #expect(ward.merges.map(\.first) == [0, 3, 2, 5] && ward.merges.map(\.second) == [1, 4, 6, 7])
    let heights = [2, 3, 4.932882862316247, 11.792653080060767]
    #expect(zip(ward.merges.map(\.height), heights).allSatisfy { abs($0 - $1) < 1e-12 })
    // scikit-learn 1.7, `silhouette_score(metric="precomputed")`.
    #expect(abs(CapabilityAtlas.silhouette(d, [0, 0, 1, 1, 1]) - 0.5660163242330425) < 1e-12)
    #expect(HierarchicalClusters(dissimilarities: Matrix(rowCount: 0, columnCount: 0)).clusters(0).isEmpty)
  }
}

@Suite struct CapabilityAtlasTests {
  /// Two blocks of capabilities, each with a factor of its own.
  static func levels(firms: Int = 400, seed: UInt64 = 8) -> [[Double]] {
    var generator = CounterBasedGenerator(seed: seed, purpose: "atlas")
    var levels = [[Double]](repeating: [], count: 7)
    for _ in 0..<firms {
      let factors = [generator.normal(), generator.normal()]
      for c in 0..<7 {
        let value = 0.8 * factors[c < 3 ? 0 : 1] + 0.6 * generator.normal()
        levels[c].append((min(max((value + 2).rounded(), 0), 4)) / 4)
      }
    }
    return levels
  }

  @Test func findsTheBlocksAndTheirStability() throws {
    let levels = Self.levels()
    let weights = [Double](repeating: 1, count: 400)
    let atlas = try #require(CapabilityAtlas(levels: levels, weights: weights, sampleCount: 20))
    #expect(atlas.clusters.map(\.members) == [[0, 1, 2], [3, 4, 5, 6]])
    #expect(atlas.clusters.allSatisfy { $0.stability! > 0.95 } && atlas.silhouette > 0.4)
    #expect(atlas.correlations[0][1] > 0.5 && abs(atlas.correlations[0][4]) < 0.15)
    // Places of a block are nearer to each other than to the other block, and no sample moves them across.
    for place in atlas.places {
      #expect(place.spread[0] > 0 && place.spread[2] > 0 && place.spread[0].squareRoot() < 0.2)
    }
    #expect(
      CapabilityAtlas(levels: levels, weights: weights, sampleCount: 20, threadCount: 1) == atlas)
  }

  /// Firms of weight 0, missing levels and capabilities that do not vary.
  @Test func whatDoesNotCountIsLeftOut() throws {
    var levels = Self.levels(firms: 200)
    var weights = [Double](repeating: 1, count: 200)
    let plain = try #require(CapabilityAtlas(levels: levels, weights: weights, sampleCount: 0))
    for c in levels.indices { levels[c].append(c % 2 == 0 ? 1 : 0) }
    weights.append(0)
    levels.append([Double](repeating: 0.5, count: 201))
    levels.append([Double](repeating: .nan, count: 201))
    let padded = try #require(CapabilityAtlas(levels: levels, weights: weights, sampleCount: 0))
    #expect(padded.leftOut == [7, 8] && padded.places == plain.places && padded.clusters == plain.clusters)
    #expect(plain.clusters[0].stability == nil)
    #expect(CapabilityAtlas(levels: Array(levels[0..<2]), weights: weights, sampleCount: 0) == nil)
  }

  @Test func manyLevelsAreJoinedAtQuantiles() {
    let levels = (0..<100).map { Double($0) / 100 }
    let categories = CapabilityAtlas.categories(levels, weights: [Double](repeating: 1, count: 100))
    #expect(Set(categories).sorted() == [0, 1, 2, 3, 4])
    #expect((0..<5).allSatisfy { level in (19...21).contains(categories.count { $0 == Double(level) }) })
    #expect(CapabilityAtlas.categories([0, 0.5, .nan, 1], weights: [1, 1, 1, 1])[0] == 0)
  }
}
