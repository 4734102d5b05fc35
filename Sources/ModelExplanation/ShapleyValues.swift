/// How much each player moves each row's raw score from the base value.
///
/// For every row `i` and output `k`: `rawScore(i, k) = baseValues[k] + Σⱼ values[i, j, k] + residual`, where the
/// residual is rounding alone.
public struct ShapleyValues: Sendable, Equatable {
  /// The names of the players, features or groups of features.
  public let players: [String]
  public let rowCount: Int
  /// The expected raw score when nothing is known of a row, one per output.
  public let baseValues: [Double]
  /// The value of player `j` for row `i` and output `k` is at `(k * players.count + j) * rowCount + i`.
  public let values: [Double]
  /// `rawScore − baseValue − Σⱼ value` of row `i` and output `k`, at `k * rowCount + i`.
  public let residuals: [Double]

  init(players: [String], rowCount: Int, baseValues: [Double], values: [Double], rawScores: [Double]) {
    self.players = players
    self.rowCount = rowCount
    self.baseValues = baseValues
    self.values = values
    var residuals = rawScores
    for output in baseValues.indices {
      for row in 0..<rowCount {
        var sum = baseValues[output]
        for player in players.indices { sum += values[(output * players.count + player) * rowCount + row] }
        residuals[output * rowCount + row] -= sum
      }
    }
    self.residuals = residuals
  }

  public var outputCount: Int { baseValues.count }

  /// The largest absolute residual: how far from additive the values are.
  public var additivityResidual: Double { residuals.reduce(0) { max($0, abs($1)) } }

  /// The value of a player for one row and one output.
  public subscript(row: Int, player: Int, output: Int = 0) -> Double {
    precondition(row >= 0 && row < rowCount && players.indices.contains(player), "[\(row), \(player)]")
    return values[(output * players.count + player) * rowCount + row]
  }

  /// The weighted mean of the absolute values over rows, one per player: the importance of each.
  public func meanAbsolute(output: Int = 0, weights: [Double]? = nil) throws(ExplanationError) -> [Double] {
    let weights = try checkedWeights(weights, rowCount: rowCount)
    let total = weights.reduce(0, +)
    return players.indices.map { player in
      var sum = 0.0
      for row in 0..<rowCount { sum += weights[row] * abs(self[row, player, output]) }
      return sum / total
    }
  }
}

/// The Shapley values of each row, split into what players bring alone and in pairs.
///
/// The value of a pair is shared equally between `[i, j]` and `[j, i]`; the diagonal holds what is left of a player's
/// value, so that each row of the table sums to the player's Shapley value.
/// Source: Lundberg et al. (2020), *Nature Machine Intelligence* 2, eq. 6–9.
public struct ShapleyInteractions: Sendable, Equatable {
  /// The Shapley values that the tables sum to.
  public let main: ShapleyValues
  /// The value of players `i`, `j` for row `r` and output `k` is at
  /// `((k * players.count + i) * players.count + j) * rowCount + r`.
  public let values: [Double]

  /// - Parameter pairs: As `values`, filled where `i < j`.
  init(main: ShapleyValues, pairs: [Double]) {
    var values = pairs
    let count = main.players.count
    let rowCount = main.rowCount
    for output in main.baseValues.indices {
      for i in 0..<count {
        let diagonal = ((output * count + i) * count + i) * rowCount
        for row in 0..<rowCount { values[diagonal + row] = main[row, i, output] }
        for j in 0..<count where j != i {
          let place = ((output * count + i) * count + j) * rowCount
          let mirror = ((output * count + j) * count + i) * rowCount
          for row in 0..<rowCount {
            if j < i { values[place + row] = values[mirror + row] }
            values[diagonal + row] -= values[place + row]
          }
        }
      }
    }
    self.main = main
    self.values = values
  }

  public var players: [String] { main.players }
  public var rowCount: Int { main.rowCount }

  /// The value of two players for one row and one output; with `first == second`, what the player brings alone.
  public subscript(row: Int, first: Int, second: Int, output: Int = 0) -> Double {
    precondition(
      row >= 0 && row < rowCount && players.indices.contains(first) && players.indices.contains(second),
      "[\(row), \(first), \(second)]")
    return values[((output * players.count + first) * players.count + second) * rowCount + row]
  }
}
