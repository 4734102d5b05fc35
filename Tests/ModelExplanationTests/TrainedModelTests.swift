import BoostedTrees
import ModelExplanation
import StatisticalLearning
import Testing

@Suite struct TrainedModelTests {
  /// What training makes, bags and linear part included, is explained to the last digit by both references.
  @Test func explanationsAddUp() throws {
    var generator = CounterBasedGenerator(seed: 2, purpose: "survey")
    let rows = RandomTrees.rows(200, seed: 4)
    let targets = (0..<200).map { row -> Double in
      let a = rows[row, 0].isNaN ? 0 : rows[row, 0]
      let b = rows[row, 3] == 1 ? 1.5 : -0.5
      return a + b + Double.random(in: -1...1, using: &generator) > 0 ? 1 : 0
    }
    let data = try Dataset(features: RandomTrees.features, matrix: rows, targets: targets)
    let model = try BoostedTrees(seed: 1, threadCount: 1).fit(data)
    let explainer = try TreeExplainer(model.ensemble)
    let values = explainer.values(for: rows)
    #expect(values.additivityResidual <= 1e-12)
    let scores = model.logOdds(for: rows)
    for row in 0..<200 {
      let sum = (0..<6).reduce(explainer.baseValues[0]) { $0 + values[row, $1] }
      #expect(abs(sum - scores[row]) <= 1e-12)
    }
    let importance = try values.meanAbsolute()
    #expect(Set([0, 3]).isSuperset(of: importance.indices.sorted { importance[$0] > importance[$1] }.prefix(2)))
    let background = TreeExplainer.Reference.background(rows.selectingRows(Array(0..<50)))
    #expect(try TreeExplainer(model.ensemble, reference: background).values(for: rows).additivityResidual <= 1e-12)
  }
}
