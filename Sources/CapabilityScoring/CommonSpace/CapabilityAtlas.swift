import Foundation
import StatisticalLearning

/// Where capabilities lie by how firms' levels go together, which of them cluster, and how far other samples of firms would
/// say the same.
///
/// Levels are ordered categories whose polychoric correlations ``PolychoricCorrelation`` gives; `√(2(1 − ρ))` is laid out
/// in the plane by ``CapabilityMap``, and ``HierarchicalClusters`` of the same distances (Ward's) are cut into the number of
/// clusters, from 2 to 6, of the greatest mean silhouette (Rousseeuw 1987). Bootstrap samples of firms are mapped anew and laid over
/// the map (``ProcrustesAlignment``): the spread of a capability's places is its region, and the mean over samples of the
/// greatest Jaccard similarity to one of their clusters is a cluster's stability (Hennig 2007: below 0.6 not to be
/// trusted, from 0.75 stable).
///
/// The map is of answers alone: nearness says that firms which do one thing also do the other, not that either goes with
/// a goal.
public struct CapabilityAtlas: Sendable, Equatable, Codable {
  public struct Place: Sendable, Equatable, Codable {
    /// Index of the capability.
    public let capability: Int
    public let x: Double
    public let y: Double
    /// Index of its cluster.
    public let cluster: Int
    /// The covariance of its place over bootstrap samples: `xx`, `xy`, `yy`; zeros without samples.
    public let spread: [Double]
  }

  public struct Cluster: Sendable, Equatable, Codable {
    public let members: [Int]
    /// In `0...1`; `nil` without bootstrap samples.
    public let stability: Double?
  }

  public let places: [Place]
  public let clusters: [Cluster]
  /// Of the chosen clusters, in `−1...1`; below 0.25 there is no substantial structure (Kaufman and Rousseeuw 1990).
  public let silhouette: Double
  /// Kruskal's stress-1 of the plane.
  public let stress: Double
  /// By the order of ``places``.
  public let correlations: [[Double]]
  public let sampleCount: Int
  /// Capabilities that have no place: their level is the same for all firms, or has no order.
  public let leftOut: [Int]

  /// At most so many categories of a level: those of a mean over several answers are joined at the firms' quantiles.
  public static let categoryCount = 5

  /// - Parameters:
  ///   - levels: `[capability][firm]`, `NaN` where it is not known.
  ///   - weights: One per firm.
  ///   - sampleCount: Bootstrap samples.
  /// - Returns: `nil` with fewer than three capabilities whose levels vary.
  /// - Complexity: O(*capabilities²* · *firms*) per sample.
  public init?(
    levels: [[Double]], weights: [Double], sampleCount: Int = 100, seed: UInt64 = 1,
    threadCount: Int = Parallel.defaultThreadCount
  ) {
    let columns = levels.map { Self.categories($0, weights: weights) }
    let used = columns.indices.filter { c in
      Set(columns[c].indices.filter { weights[$0] > 0 && !columns[c][$0].isNaN }.map { columns[c][$0] }).count > 1
    }
    guard used.count >= 3 else { return nil }
    leftOut = columns.indices.filter { !used.contains($0) }
    let own = used.map { columns[$0] }
    let correlations = PolychoricCorrelation.matrix(own, weights: weights, threadCount: threadCount).correlations
    let distances = CapabilityMap.dissimilarities(correlations: correlations)
    let map = CapabilityMap(dissimilarities: distances)
    let (labels, silhouette) = Self.clusters(distances)
    let count = (labels.max() ?? 0) + 1
    let samples = Parallel.map(count: sampleCount, threadCount: threadCount) { index in
      var generator = CounterBasedGenerator(seed: seed, purpose: "capability map", index: index)
      let counts = generator.bootstrapCounts(weights.count)
      let drawn = PolychoricCorrelation.matrix(
        own, weights: weights.indices.map { weights[$0] * Double(counts[$0]) }, near: correlations, threadCount: 1
      ).correlations
      let distances = CapabilityMap.dissimilarities(correlations: drawn)
      return (
        points: ProcrustesAlignment.align(
          CapabilityMap(dissimilarities: distances, start: map.points).points, to: map.points
        ).points,
        labels: HierarchicalClusters(dissimilarities: distances, linkage: .ward).clusters(count)
      )
    }
    places = used.indices.map { i in
      Place(
        capability: used[i], x: map.points[i, 0], y: map.points[i, 1], cluster: labels[i],
        spread: Self.spread(samples.map { ($0.points[i, 0], $0.points[i, 1]) }))
    }
    clusters = (0..<count).map { cluster in
      let members = labels.indices.filter { labels[$0] == cluster }
      let similarities = samples.map { Self.greatestJaccard(members, $0.labels) }
      return Cluster(
        members: members.map { used[$0] },
        stability: samples.isEmpty ? nil : similarities.reduce(0, +) / Double(samples.count))
    }
    self.silhouette = silhouette
    stress = map.stress
    self.correlations = (0..<used.count).map { correlations.row($0) }
    self.sampleCount = sampleCount
  }

  /// Levels as categories: as they are when they are few, otherwise cut at the firms' quantiles.
  static func categories(_ levels: [Double], weights: [Double]) -> [Double] {
    let known = levels.indices.filter { !levels[$0].isNaN && weights[$0] > 0 }
    // Levels are means of answers: what differs by rounding is the same.
    func key(_ value: Double) -> Double { (value * 1e9).rounded() / 1e9 }
    guard Set(known.map { key(levels[$0]) }).count > categoryCount + 2 else {
      return levels.map { $0.isNaN ? .nan : key($0) }
    }
    let order = known.sorted { levels[$0] < levels[$1] }
    let total = order.reduce(0) { $0 + weights[$1] }
    var bounds: [Double] = []
    var sum = 0.0
    for row in order {
      sum += weights[row]
      if bounds.count < categoryCount - 1, sum >= total * Double(bounds.count + 1) / Double(categoryCount) {
        bounds.append(key(levels[row]))
      }
    }
    return levels.map { value in value.isNaN ? .nan : Double(bounds.count { key(value) > $0 }) }
  }

  /// The cut of the greatest mean silhouette.
  static func clusters(_ distances: Matrix) -> (labels: [Int], silhouette: Double) {
    let n = distances.rowCount
    let tree = HierarchicalClusters(dissimilarities: distances, linkage: .ward)
    var best = (labels: tree.clusters(1), silhouette: -Double.infinity)
    for count in 2...max(2, min(6, n - 1)) {
      let labels = tree.clusters(count)
      let value = silhouette(distances, labels)
      if value > best.silhouette { best = (labels, value) }
    }
    return best
  }

  /// The mean over things of `(b − a) / max(a, b)`: `a` the mean distance to its own cluster, `b` to the nearest other one;
  /// 0 for a thing alone in its cluster.
  static func silhouette(_ distances: Matrix, _ labels: [Int]) -> Double {
    let n = labels.count
    let count = (labels.max() ?? 0) + 1
    var sum = 0.0
    for i in 0..<n {
      var totals = [Double](repeating: 0, count: count)
      var sizes = [Double](repeating: 0, count: count)
      for j in 0..<n where j != i {
        totals[labels[j]] += distances[i, j]
        sizes[labels[j]] += 1
      }
      guard sizes[labels[i]] > 0 else { continue }
      let a = totals[labels[i]] / sizes[labels[i]]
      let b = (0..<count).filter { $0 != labels[i] && sizes[$0] > 0 }.map { totals[$0] / sizes[$0] }.min() ?? a
      if max(a, b) > 0 { sum += (b - a) / max(a, b) }
    }
    return n > 0 ? sum / Double(n) : 0
  }

  private static func greatestJaccard(_ members: [Int], _ labels: [Int]) -> Double {
    let count = (labels.max() ?? 0) + 1
    return (0..<count).reduce(0.0) { best, other in
      let size = labels.count { $0 == other }
      let shared = members.count { labels[$0] == other }
      return max(best, Double(shared) / Double(size + members.count - shared))
    }
  }

  private static func spread(_ points: [(Double, Double)]) -> [Double] {
    guard points.count > 1 else { return [0, 0, 0] }
    let n = Double(points.count)
    let mean = (points.reduce(0) { $0 + $1.0 } / n, points.reduce(0) { $0 + $1.1 } / n)
    func sum(_ term: (Double, Double) -> Double) -> Double {
      points.reduce(0) { $0 + term($1.0 - mean.0, $1.1 - mean.1) } / (n - 1)
    }
    return [sum { a, _ in a * a }, sum { a, b in a * b }, sum { _, b in b * b }]
  }
}

extension ScoringModel {
  /// The mean level of each capability over the answers that a firm gave, as a share of their range; `NaN` when fewer than
  /// half of them (by weight) were given: `[capability][firm]`.
  public func answeredLevels(of answers: AnswerTable) -> [[Double]] {
    let n = answers.rowCount
    return capabilities.indices.map { capability in
      let items = columns.indices.filter { index in
        if case .categorical = columns[index].feature.kind { return false }
        return columns[index].capability == capability && (columns[index].topLevel ?? 0) > 0
      }
      let total = items.reduce(0) { $0 + columns[$1].weight }
      return (0..<n).map { firm in
        var (sum, weight) = (0.0, 0.0)
        for item in items {
          let value = answers.values.elements[item * n + firm]
          guard !value.isNaN else { continue }
          sum += columns[item].weight * value / columns[item].topLevel!
          weight += columns[item].weight
        }
        return weight > 0 && weight >= total / 2 ? sum / weight : .nan
      }
    }
  }
}
