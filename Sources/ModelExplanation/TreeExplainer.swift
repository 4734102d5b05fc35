import BoostedTrees
import StatisticalLearning

/// Exact Shapley values of the raw scores of a tree ensemble.
///
/// The value of player `j` for a row is the mean, over all orders in which players become known, of the change in the
/// expected raw score when `j` does:
///
/// ```
/// φ_j = Σ_{S ∌ j} |S|! (p − 1 − |S|)! / p! · (v(S ∪ {j}) − v(S))
/// ```
///
/// `v(S)` is the expected raw score when the players `S` have the row's values, in the sense of ``Reference``. The
/// values, with the base value `v(∅)`, sum to the raw score. Missing values, levels not seen and repeated splits are
/// handled as the trees do.
///
/// - Complexity: Each path is evaluated once per distinct pattern of the conditions that rows meet on it, then added
///   once per row: O(rows · Σ over leaves of *D*) plus the patterns, at most 2^*D* for a path of *D* players.
public struct TreeExplainer: Sendable {
  /// What is assumed of players that are not known.
  public enum Reference: Sendable, Equatable {
    /// Rows split as the training rows did (path-dependent): a node's branches weigh by their covers, given that the
    /// node was reached. Where no training row came, both branches weigh the same.
    case covers
    /// Unknown players take the values of the rows of a sample, together (interventional). Weights are 1 unless given.
    case background(Matrix, weights: [Double]? = nil)
  }

  private struct Leaf: Sendable {
    let path: LeafPath
    let game: any LeafGame
  }

  public let ensemble: TreeEnsemble
  public let grouping: FeatureGrouping
  /// The expected raw score when nothing is known, one per output.
  public let baseValues: [Double]
  private let leaves: [[Leaf]]

  /// - Parameter grouping: The players; each feature its own unless given.
  /// - Throws: ``ExplanationError/unknownCovers(tree:)`` for covers that are all 0; ``ExplanationError`` for a
  ///   background without rows, with invalid weights, or of another number of columns.
  public init(
    _ ensemble: TreeEnsemble, reference: Reference = .covers, grouping: FeatureGrouping? = nil
  ) throws(ExplanationError) {
    let grouping = grouping ?? FeatureGrouping(ensemble.features)
    guard grouping.playerOfFeature.count == ensemble.features.count else {
      throw .countMismatch(
        what: "features in the grouping", got: grouping.playerOfFeature.count, expected: ensemble.features.count)
    }
    let paths = ensemble.trees.map { LeafPath.paths(of: $0, playerOfFeature: grouping.playerOfFeature) }
    let longest = paths.joined().reduce(0) { max($0, $1.players.count) }
    var baseValues = ensemble.baseScores
    switch reference {
    case .covers:
      for (index, tree) in ensemble.trees.enumerated() where !tree.nodes[0].isLeaf {
        guard tree.nodes.dropFirst().contains(where: { $0.cover > 0 }) else { throw .unknownCovers(tree: index) }
      }
      for (output, tree) in zip(ensemble.outputs, paths) {
        baseValues[output] += tree.reduce(0) { $0 + $1.coverShares.reduce($1.value, *) }
      }
      let game = CoverGame(maximumPlayerCount: longest)
      leaves = paths.map { $0.map { Leaf(path: $0, game: game) } }
    case .background(let matrix, let weights):
      guard matrix.columnCount == ensemble.features.count else {
        throw .countMismatch(what: "columns", got: matrix.columnCount, expected: ensemble.features.count)
      }
      let weights = try checkedWeights(weights, rowCount: matrix.rowCount)
      let total = weights.reduce(0, +)
      let scores = ensemble.rawScores(for: matrix)
      baseValues = ensemble.baseScores.indices.map { output in
        var sum = 0.0
        for row in weights.indices { sum += weights[row] * scores[output * matrix.rowCount + row] }
        return sum / total
      }
      let columns = matrix.converted(to: .columnMajor)
      let orders = ShapleyOrders(maximum: longest)
      leaves = zip(ensemble.trees, paths).map { tree, paths in
        let decisions = TreeDecisions(tree, matrix: columns)
        return paths.map { path in
          let patterns = decisions.patterns(on: path)
          var shares = [Double](repeating: 0, count: patterns.distinct.count)
          for row in weights.indices { shares[Int(patterns.indices[row])] += weights[row] / total }
          return Leaf(
            path: path, game: BackgroundGame(patterns: patterns.distinct, shares: shares, orders: orders))
        }
      }
    }
    self.ensemble = ensemble
    self.grouping = grouping
    self.baseValues = baseValues
  }

  /// The Shapley values of every row of `matrix`, which has the columns of the ensemble's features.
  ///
  /// A row's values are the same, bit for bit, alone or among others, whatever the number of threads.
  public func values(
    for matrix: Matrix, threadCount: Int = Parallel.defaultThreadCount
  ) -> ShapleyValues {
    let sums = sums(for: matrix, withPairs: false, threadCount: threadCount)
    return shapleyValues(sums.main, matrix)
  }

  /// The Shapley values with their pairwise interactions.
  ///
  /// `Φ_ij = Σ_{S ∌ i,j} |S|! (p − 2 − |S|)! / (2 (p − 1)!) · (v(S ∪ {i,j}) − v(S ∪ {i}) − v(S ∪ {j}) + v(S))`
  /// for `i ≠ j`. Needs rows · players² numbers per output.
  public func interactions(
    for matrix: Matrix, threadCount: Int = Parallel.defaultThreadCount
  ) -> ShapleyInteractions {
    let sums = sums(for: matrix, withPairs: true, threadCount: threadCount)
    return ShapleyInteractions(main: shapleyValues(sums.main, matrix), pairs: sums.pairs)
  }

  private func shapleyValues(_ values: [Double], _ matrix: Matrix) -> ShapleyValues {
    ShapleyValues(
      players: grouping.names, rowCount: matrix.rowCount, baseValues: baseValues, values: values,
      rawScores: ensemble.rawScores(for: matrix))
  }

  /// Sums over leaves, row by row within blocks of rows; `main` and `pairs` are laid out as in the results.
  private func sums(
    for matrix: Matrix, withPairs: Bool, threadCount: Int
  ) -> (main: [Double], pairs: [Double]) {
    precondition(
      matrix.columnCount == ensemble.features.count,
      "\(matrix.columnCount) columns for \(ensemble.features.count) features")
    let rowCount = matrix.rowCount
    let blockCount = max(1, min(threadCount, rowCount / 64))
    let blocks = Parallel.map(count: blockCount, threadCount: threadCount) { block in
      let rows = rowCount * block / blockCount..<rowCount * (block + 1) / blockCount
      let part = blockCount == 1 ? matrix : matrix.selectingRows(Array(rows))
      return blockSums(part.converted(to: .columnMajor), withPairs: withPairs)
    }
    if blockCount == 1 { return blocks[0] }
    func joined(_ parts: [[Double]], seriesCount: Int) -> [Double] {
      var result: [Double] = []
      result.reserveCapacity(seriesCount * rowCount)
      for series in 0..<seriesCount {
        for part in parts {
          let count = part.count / seriesCount
          result.append(contentsOf: part[series * count..<(series + 1) * count])
        }
      }
      return result
    }
    let players = grouping.playerCount
    let outputs = ensemble.outputCount
    return (
      joined(blocks.map(\.main), seriesCount: outputs * players),
      withPairs ? joined(blocks.map(\.pairs), seriesCount: outputs * players * players) : []
    )
  }

  private func blockSums(_ matrix: Matrix, withPairs: Bool) -> (main: [Double], pairs: [Double]) {
    let rowCount = matrix.rowCount
    let players = grouping.playerCount
    var main = [Double](repeating: 0, count: ensemble.outputCount * players * rowCount)
    var pairs = [Double](repeating: 0, count: withPairs ? ensemble.outputCount * players * players * rowCount : 0)
    for (index, tree) in ensemble.trees.enumerated() where !leaves[index].isEmpty {
      let output = ensemble.outputs[index]
      let decisions = TreeDecisions(tree, matrix: matrix)
      for leaf in leaves[index] where !leaf.path.players.isEmpty {
        let patterns = decisions.patterns(on: leaf.path)
        let count = leaf.path.players.count
        let table = PatternTable(leaf.path, leaf.game, patterns.distinct, withPairs: withPairs)
        for (slot, player) in leaf.path.players.enumerated() {
          table.add(
            table.main, column: slot, width: count, patterns.indices, to: &main,
            at: (output * players + player) * rowCount)
        }
        guard withPairs else { continue }
        for i in 0..<count {
          for j in i + 1..<max(count, i + 1) {
            let first = min(leaf.path.players[i], leaf.path.players[j])
            let second = max(leaf.path.players[i], leaf.path.players[j])
            table.add(
              table.pairs, column: i * count + j, width: count * count, patterns.indices, to: &pairs,
              at: ((output * players + first) * players + second) * rowCount)
          }
        }
      }
    }
    return (main, pairs)
  }
}

/// What a leaf gives for each of the patterns seen.
private struct PatternTable {
  let main: [Double]
  let pairs: [Double]

  init(_ path: LeafPath, _ game: any LeafGame, _ patterns: [[UInt64]], withPairs: Bool) {
    let count = path.players.count
    let pairCount = withPairs ? count * count : 0
    var main = [Double](repeating: 0, count: patterns.count * count)
    var pairs = [Double](repeating: 0, count: patterns.count * pairCount)
    main.withUnsafeMutableBufferPointer { main in
      pairs.withUnsafeMutableBufferPointer { pairs in
        for (index, pattern) in patterns.enumerated() {
          game.add(
            path, pattern: pattern,
            main: UnsafeMutableBufferPointer(rebasing: main[index * count..<(index + 1) * count]),
            pairs: UnsafeMutableBufferPointer(rebasing: pairs[index * pairCount..<(index + 1) * pairCount]))
        }
      }
    }
    self.main = main
    self.pairs = pairs
  }

  /// Adds one column of a table to the rows' sums, which start at `place`.
  func add(
    _ table: [Double], column: Int, width: Int, _ indices: [Int32], to sums: inout [Double], at place: Int
  ) {
    table.withUnsafeBufferPointer { table in
      indices.withUnsafeBufferPointer { indices in
        sums.withUnsafeMutableBufferPointer { sums in
          for row in indices.indices { sums[place &+ row] += table[Int(indices[row]) &* width &+ column] }
        }
      }
    }
  }
}
