import BoostedTrees
import StatisticalLearning

/// Firms in every form that the parts of a scorer take them in.
struct FirmSet: Sendable {
  let answers: AnswerTable
  /// *n* × *p*, column-major, gaps of ordered answers and quantities filled.
  let filled: Matrix
  /// *n* × *q*, column-major.
  let design: Matrix
  /// *n* × (*p* + marks), column-major.
  let treeRows: Matrix

  init(_ answers: AnswerTable, design: DesignEncoding) {
    self.answers = answers
    filled = design.imputation.filled(answers)
    self.design = design.design(for: answers)
    treeRows = TreeRows.matrix(answers: answers, design: design)
  }

  var count: Int { answers.rowCount }
}

/// The scores of one outcome by the model (replicate 0) or by one of its replicates, for a set of firms, and how they
/// move when answers do.
struct ReplicateScorer: Sendable {
  let outcome: OutcomeModel
  private let indexedTrees: IndexedTrees?
  let linear: LinearPart?
  let trees: TreeEnsemble?
  let design: DesignEncoding
  private let columnsByItem: [[Int]]

  /// - Parameter replicate: From 1; the model stands for replicates that a part has not.
  init(model: ScoringModel, outcome index: Int, replicate: Int) {
    let outcome = model.outcomes[index]
    self.outcome = outcome
    func part<Part>(_ own: Part?, _ replicates: [Part]) -> Part? {
      replicate > 0 && replicate <= replicates.count ? replicates[replicate - 1] : own
    }
    indexedTrees = (outcome.linearShare < 1 ? part(outcome.trees, outcome.treeReplicates) : nil).map(IndexedTrees.init)
    linear = outcome.linearShare > 0 ? part(outcome.linear, outcome.linearReplicates) : nil
    trees = outcome.linearShare < 1 ? part(outcome.trees, outcome.treeReplicates) : nil
    design = model.design
    columnsByItem = linear == nil ? [] : model.design.columnsByItem(itemCount: model.columns.count)
  }

  /// What one unit of the linear part's, or of the trees', score adds to the calibrated one.
  var linearWeight: Double { outcome.calibration.slope * outcome.linearShare }
  var treeWeight: Double { outcome.calibration.slope * (1 - outcome.linearShare) }

  /// A probability for a binary outcome, the value itself for a continuous one.
  func prediction(_ raw: Double) -> Double { outcome.kind == .binary ? sigmoid(raw) : raw }

  /// Calibrated raw scores, one per firm.
  func rawScores(_ firms: FirmSet) -> [Double] {
    var scores = [Double](repeating: outcome.calibration.intercept, count: firms.count)
    if let linear {
      for (row, score) in linear.rawScores(for: firms.design).enumerated() { scores[row] += linearWeight * score }
    }
    if let trees, firms.count < 8 {
      // Fewer rows than it takes to make up for preparing the trees.
      firms.treeRows.withUnsafeElements { rows in
        for row in 0..<firms.count { scores[row] += treeWeight * trees.rawScore { rows[$0 * firms.count + row] } }
      }
    } else if let trees {
      for (row, score) in trees.rawScores(for: firms.treeRows).enumerated() { scores[row] += treeWeight * score }
    }
    return scores
  }

  /// How the scores change when items take other values, marks for gaps staying as they are.
  ///
  /// - Parameter items: Items and their new values, one per firm. A gap counts as filled before the change.
  func changes(_ firms: FirmSet, items: [(item: Int, values: [Double])]) -> [Double] {
    let n = firms.count
    var changes = [Double](repeating: 0, count: n)
    if let linear {
      var moved = firms.filled
      var affected: [Int] = []
      for (item, values) in items {
        for row in 0..<n { moved[row, item] = values[row] }
        affected += columnsByItem[item].filter { linear.coefficients[$0] != 0 && !affected.contains($0) }
      }
      moved.withUnsafeElements { after in
        firms.filled.withUnsafeElements { before in
          for column in affected {
            let slope = linearWeight * linear.coefficients[column]
            let kind = design.columns[column]
            for row in 0..<n {
              changes[row] +=
                slope
                * (design.value(of: kind) { after[$0 * n + row] } - design.value(of: kind) { before[$0 * n + row] })
            }
          }
        }
      }
    }
    if let trees = indexedTrees {
      let used = trees.trees(using: items.map(\.item))
      // Where a feature stands among the items; −1 for one that does not change.
      var places = [Int](repeating: -1, count: trees.ensemble.features.count)
      for (place, own) in items.enumerated() { places[own.item] = place }
      firms.treeRows.withUnsafeElements { rows in
        firms.filled.withUnsafeElements { filled in
          for row in 0..<n {
            changes[row] +=
              treeWeight
              * trees.change(
                used, before: { places[$0] < 0 ? rows[$0 * n + row] : filled[$0 * n + row] },
                after: { places[$0] < 0 ? rows[$0 * n + row] : items[places[$0]].values[row] })
          }
        }
      }
    }
    return changes
  }
}

extension ScoringModel {
  /// The replicates that all outcomes have in common.
  public var replicateCount: Int { outcomes.map(\.replicateCount).min() ?? 0 }
}
