import BoostedTrees
import Foundation
import ModelExplanation
import ModelFormats
import StatisticalLearning
import SurveyData

/// What a sum of trees that another tool wrote has learned: exact Shapley values over the rows of a table, and gains.
struct ImportedExplanation {
  private let names: [String]
  private let rowCount: Int
  private let reference: String
  /// `[output][feature]`: the mean absolute Shapley value of the raw score; empty without rows.
  private let importances: [[Double]]
  private let additivityResidual: Double
  /// Shares of gain and cover; `nil` where the file does not hold them.
  private let gains: [Double]?
  private let covers: [Double]?
  private let isLogOdds: Bool

  /// - Parameter table: Rows to explain; `nil` for what the file alone can say.
  init(model: ImportedModel, table: SurveyTable?) throws {
    guard let trees = model.trees else {
      throw CommandFailure(
        .data, "there is no sum of trees in this model; 'explain' takes those, and models that 'train' wrote")
    }
    names = trees.features.map(\.name)
    let gain = try GainImportance(trees)
    gains = gain.gains.contains { $0 > 0 } ? gain.gainShares : nil
    covers = gain.covers.contains { $0 > 0 } ? gain.coverShares : nil
    isLogOdds = if case .logistic(let scale) = model.link { scale == 1 } else { false }
    guard let table else {
      guard gains != nil || covers != nil else {
        throw CommandFailure(
          .data, "this file holds neither gains nor covers; give rows to explain it on: explain MODEL ROWS.csv")
      }
      rowCount = 0
      reference = ""
      importances = []
      additivityResidual = 0
      return
    }
    let rows = try ImportedPrediction(model: model, table: table).numbers()
    let hasCovers = trees.trees.allSatisfy { tree in
      tree.nodes[0].isLeaf || tree.nodes.dropFirst().contains { $0.cover > 0 }
    }
    let count = min(200, rows.rowCount)
    let background = rows.selectingRows((0..<count).map { $0 * rows.rowCount / count })
    let explainer = try TreeExplainer(trees, reference: hasCovers ? .covers : .background(background))
    reference =
      hasCovers ? "rows split as the training's did" : "\(background.rowCount) of the rows given, evenly spread"
    let values = explainer.values(for: rows)
    importances = try (0..<trees.outputCount).map { try values.meanAbsolute(output: $0) }
    additivityResidual = values.additivityResidual
    rowCount = rows.rowCount
  }

  private var columns: [String] {
    let shapley = importances.count == 1 ? ["shapley"] : importances.indices.map { "shapley.\($0)" }
    return shapley + (gains == nil ? [] : ["gain"]) + (covers == nil ? [] : ["cover"])
  }

  private func figures(_ feature: Int) -> [Double] {
    importances.map { $0[feature] } + [gains, covers].compactMap { $0?[feature] }
  }

  /// The features, the most important first.
  private var order: [Int] {
    let keys = names.indices.map { figures($0).first ?? 0 }
    return names.indices.sorted { keys[$0] == keys[$1] ? $0 < $1 : keys[$0] > keys[$1] }
  }

  func run(format: OutputFormat) throws -> String {
    switch format {
    case .table: return table()
    case .csv:
      let lines = [["feature"] + columns] + order.map { [names[$0]] + figures($0).map { String($0) } }
      return lines.map(CSVText.line).joined(separator: "\n")
    case .json:
      struct Document: Encodable {
        var rows: Int
        var reference: String
        var additivityResidual: Double
        var features: [[String: Double]]
        var names: [String]
      }
      return try JSONText.encoded(
        Document(
          rows: rowCount, reference: reference, additivityResidual: additivityResidual,
          features: order.map { feature in
            Dictionary(uniqueKeysWithValues: zip(columns, figures(feature)))
          }, names: order.map { names[$0] }))
    }
  }

  private func table() -> String {
    var table = TextTable([("feature", .left)] + columns.map { ($0, .right) })
    let shown = 40
    for feature in order.prefix(shown) {
      table.append(
        [names[feature]]
          + zip(columns, figures(feature)).map { column, value in
            column.hasPrefix("shapley") ? NumberText.decimal(value, 4) : NumberText.percent(value)
          })
    }
    var text = "What the trees have learned\n" + table.rendered(indent: 2)
    if names.count > shown { text += "\n  \(names.count - shown) more are in --format csv and json" }
    if rowCount > 0 {
      text +=
        "\n  shapley   mean absolute Shapley value over \(NumberText.count(rowCount)) rows, in "
        + (isLogOdds ? "log-odds" : "the model's raw score") + "; reference: \(reference)"
        + "\n            the values of a row add up to its score within \(String(format: "%.0e", additivityResidual))"
    }
    if gains != nil {
      text += "\n  gain      share of what splits brought to the training; it favours columns of many levels"
    }
    if covers != nil { text += "\n  cover     share of the training's rows that splits were made for" }
    return text + "\n\nThese describe the model: associations in its training rows, not effects."
  }
}
