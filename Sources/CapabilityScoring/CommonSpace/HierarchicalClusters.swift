import StatisticalLearning

/// Hierarchical clusters: single things merge into pairs, pairs into larger clusters. Ties go to the pair that comes first.
public struct HierarchicalClusters: Sendable, Equatable {
  public enum Linkage: String, Sendable, Hashable, Codable {
    /// The two clusters merge whose members lie nearest on average (Sokal and Michener 1958).
    case average
    /// The two merge that add least to the squares within clusters (Ward 1963), of squared distances by the update of
    /// Lance and Williams (1967): clusters of like sizes rather than one cluster and its outliers.
    case ward
  }

  public struct Merge: Sendable, Equatable, Codable {
    /// Clusters: below *n* a single thing, from *n* on the merge of that number less *n*.
    public let first: Int
    public let second: Int
    public let height: Double
  }

  /// *n* − 1 merges, the nearest first; heights never fall.
  public let merges: [Merge]
  private let count: Int

  /// - Parameter dissimilarities: *n* × *n*, symmetric. O(*n³*): the things are capabilities.
  public init(dissimilarities: Matrix, linkage: Linkage = .average) {
    let n = dissimilarities.rowCount
    precondition(dissimilarities.columnCount == n, "a \(n) × \(dissimilarities.columnCount) dissimilarity matrix")
    count = n
    var distances = dissimilarities
    var active = Array(0..<n)
    var names = Array(0..<n)
    var sizes = [Double](repeating: 1, count: n)
    var merges: [Merge] = []
    while active.count > 1 {
      var best = (i: 0, j: 0, distance: Double.infinity)
      for (a, i) in active.enumerated() {
        for j in active[(a + 1)...] where distances[i, j] < best.distance { best = (i, j, distances[i, j]) }
      }
      let (i, j) = (best.i, best.j)
      merges.append(Merge(first: min(names[i], names[j]), second: max(names[i], names[j]), height: best.distance))
      for k in active where k != i && k != j {
        let value =
          switch linkage {
          case .average: (sizes[i] * distances[i, k] + sizes[j] * distances[j, k]) / (sizes[i] + sizes[j])
          case .ward:
            max(
              0,
              ((sizes[i] + sizes[k]) * distances[i, k] * distances[i, k]
                + (sizes[j] + sizes[k]) * distances[j, k] * distances[j, k] - sizes[k] * best.distance * best.distance)
                / (sizes[i] + sizes[j] + sizes[k])
            ).squareRoot()
          }
        distances[i, k] = value
        distances[k, i] = value
      }
      sizes[i] += sizes[j]
      names[i] = n + merges.count - 1
      active.removeAll { $0 == j }
    }
    self.merges = merges
  }

  /// The cluster of each thing when the tree is cut into `clusterCount`, numbered from 0 in the order of their first
  /// members.
  public func clusters(_ clusterCount: Int) -> [Int] {
    precondition(count == 0 || (1...count).contains(clusterCount), "\(clusterCount) clusters of \(count)")
    var parent = Array(0..<(count + merges.count))
    for (k, merge) in merges.prefix(max(0, count - clusterCount)).enumerated() {
      parent[merge.first] = count + k
      parent[merge.second] = count + k
    }
    var numbers: [Int: Int] = [:]
    return (0..<count).map { i in
      var root = i
      while parent[root] != root { root = parent[root] }
      if let number = numbers[root] { return number }
      numbers[root] = numbers.count
      return numbers.count - 1
    }
  }
}
