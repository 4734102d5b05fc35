import BoostedTrees
import Foundation
import StatisticalLearning
import Testing
import _TestSupport

@testable import ModelFormats

@Suite("LightGBM text models")
struct LightGBMModelTests {
  private static func table(_ name: String) throws -> [[Double]] {
    let text = try String(contentsOf: SharedData.file("vectors/lightgbm-models/" + name)!, encoding: .utf8)
    return text.split(separator: "\n").map { line in line.split { "\t ".contains($0) }.map { Double($0)! } }
  }

  @Test(
    "Stored models give the stored predictions",
    .enabled(if: SharedData.has("vectors/lightgbm-models"), "vectors/lightgbm-models is not beside the repository"),
    arguments: [
      ("lg_kddcup99.model", "kddcup99_test.tsv", "lg_kddcup99_true_predictions.txt", 0, true, 0.0),
      ("lgmulticlass.model", "multiclass_test.tsv", "lgmulticlass_true_predictions.txt", 1, false, 1e-15),
      ("lgmulticlass.model", "multiclass_test.tsv", "lgmulticlass_true_raw_predictions.txt", 1, true, 0.0),
    ])
  func storedPredictions(
    model name: String, rows: String, predictions: String, skipped: Int, isRaw: Bool, tolerance: Double
  ) throws {
    let data = try Data(contentsOf: SharedData.file("vectors/lightgbm-models/" + name)!)
    let model = try LightGBMModel.read(data)
    let rows = Matrix(rows: try Self.table(rows).map { Array($0.dropFirst(skipped)) })
    let expected = try Self.table(predictions).flatMap { $0 }
    var got = model.rawScores(rows)
    if !isRaw { model.link.apply(&got, width: model.outputCount) }
    #expect(got.count == expected.count)
    let largest = zip(got, expected).map { abs($0 - $1) }.max() ?? .infinity
    #expect(largest <= tolerance)
    if isRaw, let trees = model.ensemble() {
      // The same function as trees of this package.
      let again = (0..<rows.rowCount).flatMap { row in
        (0..<model.outputCount).map { output in trees.rawScore(output: output) { rows[row, $0] } }
      }
      #expect(again == got)
    }
  }

  static let text = """
    tree
    version=v4
    num_class=1
    num_tree_per_iteration=1
    label_index=0
    max_feature_idx=1
    objective=binary sigmoid:1
    feature_names=a b
    feature_infos=none none
    tree_sizes=0

    Tree=0
    num_leaves=3
    num_cat=1
    split_feature=0 1
    split_gain=2 1
    threshold=0.5 0
    decision_type=10 9
    left_child=1 -1
    right_child=-3 -2
    leaf_value=0.25 -0.5 1
    leaf_count=3 4 5
    internal_value=0 0
    internal_count=12 7
    cat_boundaries=0 1
    cat_threshold=5
    is_linear=0
    shrinkage=1

    end of trees

    """

  @Test("Splits go where LightGBM sends them: missing values, sets of levels, levels cut to whole numbers")
  func splits() throws {
    let model = try LightGBMModel.read(Data(Self.text.utf8))
    func raw(_ a: Double, _ b: Double) -> Double { model.rawScores(Matrix(rows: [[a, b]]))[0] }
    #expect(raw(1, 0) == 1)
    #expect(raw(0.5, 0) == 0.25)
    #expect(raw(.nan, 2) == 0.25)
    #expect(raw(0, 2.9) == 0.25)
    #expect(raw(0, 1) == -0.5)
    #expect(raw(0, .nan) == -0.5)
    #expect(raw(0, -1) == -0.5)
    #expect(raw(0, 99) == -0.5)
    let probability = try ImportedModel.read(Data(Self.text.utf8)).predictions(for: Matrix(rows: [[1, 0]]))[0, 0]
    #expect(abs(probability - sigmoid(1)) < 1e-15)
  }

  @Test(
    "Mistakes are named",
    arguments: [
      ("left_child=1 -1", "left_child=0 -1"), ("left_child=1 -1", "left_child=7 -1"),
      ("split_feature=0 1", "split_feature=0 2"), ("threshold=0.5 0", "threshold=0.5 1"),
      ("leaf_value=0.25 -0.5 1", "leaf_value=0.25 nan 1"), ("cat_boundaries=0 1", "cat_boundaries=0 9"),
      ("num_leaves=3", "num_leaves=99999999999"), ("is_linear=0", "is_linear=1"), ("num_cat=1", "num_cat=-1"),
    ])
  func mistakes(good: String, bad: String) {
    let text = Self.text.replacing(good, with: bad)
    #expect(throws: ModelFileError.self) { try LightGBMModel.read(Data(text.utf8)) }
  }

  @Test("Trees written are the trees read, missing values and base score included")
  func writing() throws {
    var generator = CounterBasedGenerator(seed: 1, purpose: "test")
    let trees = (0..<20).map { _ in ScoringModelFixture.tree(&generator, usesSets: false) }
    let ensemble = try TreeEnsemble(
      trees: trees, baseScores: [0.75], features: (0..<8).map { Feature("f\($0)") })
    let read = try LightGBMModel.read(try LightGBMModel.text(of: ensemble, link: .logistic(scale: 1)))
    let table = ScoringModelFixture.answers(rowCount: 200, seed: 5)
    let expected = (0..<200).map { row in ensemble.rawScore { table.values[row, $0] } }
    #expect(read.rawScores(table.values) == expected)
    #expect(read.link == .logistic(scale: 1))
  }
}
