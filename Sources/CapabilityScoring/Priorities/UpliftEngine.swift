import BoostedTrees
import Foundation
import StatisticalLearning

/// The raw scores of one firm and of each of its possible steps, by the model and by every replicate.
///
/// The first column is the model itself, the others its bootstrap replicates: `[1 + B]` numbers per figure.
struct FirmScores {
  /// Per outcome: raw scores as the firm is.
  var base: [[Double]]
  /// Per outcome, per step: raw scores after it; empty when there is nothing to raise.
  var raised: [[[Double]]]
}

/// Scores firms and their steps with all replicates at once.
struct UpliftEngine: Sendable {
  let design: DesignEncoding
  let columns: [AnswerColumn]
  let capabilityItems: [[Int]]
  let directions: [Int]
  /// Per outcome: the trees of the model and of its replicates; empty without trees.
  private let trees: [[IndexedTrees]]
  let outcomes: [OutcomeModel]
  /// Per outcome: `[1 + B]` rows of intercept and design coefficients, replicate by replicate; empty without a linear
  /// part.
  private let coefficients: [Matrix]
  /// Per outcome: `[1 + B]` coefficients of each column of the design, one column after the other, so that a step touches
  /// contiguous replicates.
  private let byColumn: [Matrix]
  private let columnsByItem: [[Int]]

  init(design: DesignEncoding, columns: [AnswerColumn], capabilities: [CapabilityDescription], outcomes: [OutcomeModel])
  {
    self.design = design
    self.columns = columns
    self.outcomes = outcomes
    trees = outcomes.map { outcome in
      outcome.linearShare < 1 ? ([outcome.trees!] + outcome.treeReplicates).map(IndexedTrees.init) : []
    }
    directions = capabilities.map(\.direction)
    capabilityItems = capabilities.indices.map { index in columns.indices.filter { columns[$0].capability == index } }
    coefficients = outcomes.map { outcome in
      guard let linear = outcome.linear else { return Matrix(rowCount: 0, columnCount: 0) }
      return Matrix(rows: ([linear] + outcome.linearReplicates).map { [$0.intercept] + $0.coefficients })
    }
    byColumn = outcomes.map { outcome in
      guard let linear = outcome.linear else { return Matrix(rowCount: 0, columnCount: 0) }
      return Matrix(rows: ([linear] + outcome.linearReplicates).map(\.coefficients)).converted(to: .columnMajor)
    }
    columnsByItem = design.columnsByItem(itemCount: columns.count)
  }

  /// By how much a step moves each column of the design.
  private func movedColumns(_ step: CapabilityStep, filled: [Double]) -> [(column: Int, amount: Double)] {
    var raised = filled
    for change in step.changes { raised[change.item] += change.amount }
    var seen = Set<Int>()
    var moved: [(column: Int, amount: Double)] = []
    for change in step.changes {
      for column in columnsByItem[change.item] where seen.insert(column).inserted {
        let kind = design.columns[column]
        let amount = design.value(of: kind) { raised[$0] } - design.value(of: kind) { filled[$0] }
        if amount != 0 { moved.append((column, amount)) }
      }
    }
    return moved
  }

  /// What raising each capability changes for a firm.
  ///
  /// - Parameters:
  ///   - filled: The firm's filled items.
  ///   - targets: Per capability the level to reach, as a share of its range; `nil` is one step.
  func steps(filled: [Double], targets: [Double?]? = nil) -> [CapabilityStep] {
    capabilityItems.enumerated().map { index, items in
      guard let target = targets?[index] else {
        return CapabilityStep(items: items, columns: columns, filled: filled, direction: directions[index])
      }
      return CapabilityStep(
        items: items, columns: columns, filled: filled, direction: directions[index], reaching: target)
    }
  }

  /// - Parameters:
  ///   - filled: The firms' filled items, *n* × *p*.
  ///   - designRows: The firms' designs, *n* × *q*, row-major.
  ///   - treeRows: The firms' raw answers for the trees, *n* × (*p* + marks), row-major.
  ///   - steps: What is changed, each alone: usually one step of every capability.
  func scores(firm: Int, filled: Matrix, designRows: Matrix, treeRows: Matrix, steps: [CapabilityStep]) -> FirmScores {
    let filledRow = filled.row(firm)
    var base: [[Double]] = []
    var raised: [[[Double]]] = []
    let moved = outcomes.contains { $0.linearShare > 0 } ? steps.map { movedColumns($0, filled: filledRow) } : []
    for (index, outcome) in outcomes.enumerated() {
      let count = 1 + outcome.replicateCount
      let share = outcome.linearShare
      var baseScores = [Double](repeating: 0, count: count)
      var stepScores = steps.map { $0.isEmpty ? [] : [Double](repeating: 0, count: count) }
      if share > 0 {
        let linear = linearScores(outcome: index, designRow: designRows, firm: firm)
        for replicate in 0..<count { baseScores[replicate] = share * linear[min(replicate, linear.count - 1)] }
        for (capability, step) in steps.enumerated() where !step.isEmpty {
          stepScores[capability].withUnsafeMutableBufferPointer { target in
            byColumn[index].withUnsafeElements { coefficients in
              for (column, change) in moved[capability] {
                let source = coefficients.baseAddress! + column * linear.count
                let amount = share * change
                for replicate in 0..<min(count, linear.count) { target[replicate] += amount * source[replicate] }
              }
            }
          }
        }
      }
      if share < 1 {
        let trees = treeScores(outcome: index, row: treeRows.row(firm), filled: filledRow, steps: steps)
        for replicate in 0..<count { baseScores[replicate] += (1 - share) * trees.base[replicate] }
        for capability in steps.indices where !steps[capability].isEmpty {
          for replicate in 0..<count {
            stepScores[capability][replicate] += (1 - share) * trees.changes[capability][replicate]
          }
        }
      }
      let calibration = outcome.calibration
      for replicate in 0..<count {
        let raw = baseScores[replicate]
        baseScores[replicate] = calibration(raw)
        for capability in steps.indices where !steps[capability].isEmpty {
          stepScores[capability][replicate] = calibration(raw + stepScores[capability][replicate])
        }
      }
      base.append(baseScores)
      raised.append(stepScores)
    }
    return FirmScores(base: base, raised: raised)
  }

  /// `[1 + B]` raw linear scores of one firm.
  private func linearScores(outcome: Int, designRow: Matrix, firm: Int) -> [Double] {
    let rows = coefficients[outcome]
    let q = rows.columnCount - 1
    return designRow.withUnsafeElements { design in
      rows.withUnsafeElements { coefficients in
        (0..<rows.rowCount).map { replicate in
          let row = coefficients.baseAddress! + replicate * (q + 1)
          let x = design.baseAddress! + firm * q
          var sum = row[0]
          for j in 0..<q { sum += row[j + 1] * x[j] }
          return sum
        }
      }
    }
  }

  /// `[1 + B]` raw tree scores of one firm, and the change that each step brings.
  private func treeScores(
    outcome: Int, row: [Double], filled: [Double], steps: [CapabilityStep]
  ) -> (base: [Double], changes: [[Double]]) {
    let count = 1 + outcomes[outcome].replicateCount
    var base: [Double] = []
    var changes = steps.map { _ in [Double]() }
    // A gap is filled on both sides, so that the difference is the step's and not the gap's.
    let starts = steps.map { step in
      var from = row
      for change in step.changes { from[change.item] = filled[change.item] }
      return from
    }
    let practices = steps.map { $0.changes.filter { columns[$0.item].topLevel == 1 } }
    let scales = steps.map { $0.changes.filter { columns[$0.item].topLevel != 1 } }
    let raised = steps.indices.map { index in
      var together = starts[index]
      for change in scales[index] { together[change.item] += change.amount }
      return together
    }
    for trees in trees[outcome] {
      base.append(trees.ensemble.rawScore { row[$0] })
      for (capability, step) in steps.enumerated() where !step.isEmpty {
        let from = starts[capability]
        var total = 0.0
        for change in practices[capability] {
          let end = change.amount < 0 ? 0.0 : 1
          let room = abs(end - from[change.item])
          let item = change.item
          total +=
            abs(change.amount) / max(room, 1e-9)
            * trees.change(
              trees.trees(using: CollectionOfOne(item)), before: { from[$0] }, after: { $0 == item ? end : from[$0] })
        }
        if !scales[capability].isEmpty {
          let together = raised[capability]
          total += trees.change(
            trees.trees(using: scales[capability].map(\.item)), before: { from[$0] }, after: { together[$0] })
        }
        changes[capability].append(total)
      }
    }
    // The model stands for replicates that it has not.
    while base.count < count {
      base.append(base[0])
      for capability in steps.indices where !steps[capability].isEmpty {
        changes[capability].append(changes[capability][0])
      }
    }
    return (base, changes)
  }
}
