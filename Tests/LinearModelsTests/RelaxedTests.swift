import Foundation
import LinearModels
import StatisticalLearning
import Testing

@Suite("Relaxed fits")
struct RelaxedTests {
  @Test("the refit is the unpenalised fit of the selected features, and the blend lies between")
  func blend() throws {
    let dataset = SimulatedData.binary(seed: 14, rowCount: 200, featureCount: 6)
    let fit = try RelaxedLogisticRegression(blends: [0.5], folds: .random(count: 5, seed: 1)).fit(dataset)
    let support = fit.penalized.coefficients.indices.filter { fit.penalized.coefficients[$0] != 0 }
    #expect(!support.isEmpty)
    let alone = try LogisticInference().fit(
      Dataset(matrix: dataset.matrix.selectingColumns(support), targets: dataset.targets))
    for (index, j) in support.enumerated() {
      #expect(abs(fit.refitted.coefficients[j] - alone.coefficients[index]) < 1e-4)
      let middle = (fit.refitted.coefficients[j] + fit.penalized.coefficients[j]) / 2
      #expect(abs(fit.model.coefficients[j] - middle) < 1e-12)
    }
  }

  @Test("a blend of one is the lasso")
  func lasso() throws {
    let dataset = SimulatedData.binary(seed: 15, rowCount: 150, featureCount: 5)
    let folds = FoldAssignment.random(count: 4, seed: 6)
    let path = LogisticRegressionPath(shape: PenaltyShape(l1Ratio: 1), strengths: .automatic(count: 30))
    let relaxed = try RelaxedLogisticRegression(path: path, blends: [1], folds: folds).fit(dataset)
    let lasso = try CrossValidatedLogisticRegression(path: path, folds: folds).fit(dataset)
    #expect(relaxed.curves[0] == lasso.curve)
    #expect(relaxed.model.coefficients == lasso.model.coefficients)
    let free = try RelaxedLogisticRegression(path: path, folds: folds).fit(dataset)
    #expect(free.curves.map { $0.means.min()! }.min()! <= lasso.curve.means.min()!)
  }
}
