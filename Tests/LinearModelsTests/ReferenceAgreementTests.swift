import Foundation
import LinearModels
import StatisticalLearning
import Testing
import _TestSupport

@Suite("Agreement with glmnet")
struct ReferenceAgreementTests {
  static let hasReference = SharedData.has("vectors/r-reference/glmnet_BinomialExample.json")

  @Test(
    "binomial coefficients at every alpha, lambda and standardisation",
    .enabled(if: hasReference, "../shared/data/vectors/r-reference is absent"))
  func binomial() throws {
    let dataset = try ReferenceTables.example("vectors/r-reference/BinomialExample.csv")
    let fits = try ReferenceTables.json("vectors/r-reference/glmnet_BinomialExample.json")["fits"] as! [[String: Any]]
    for fit in fits {
      let path = LogisticRegressionPath(
        shape: PenaltyShape(l1Ratio: fit["alpha"] as! Double), strengths: .values(fit["lambda"] as! [Double]),
        standardizesFeatures: fit["standardize"] as! Bool, tolerance: 1e-14)
      let models = try path.fit(dataset).models
      let expected = fit["coef_intercept_first"] as! [[Double]]
      #expect(models.count == expected.count)
      for (model, expected) in zip(models, expected) {
        // glmnet fixes probabilities within 1e-5 of 0 and 1, which shows where the outcomes are all but separated:
        // there our objective is the lower one.
        let coefficients = [model.intercept] + model.coefficients
        let allowance = model.penaltyStrength! >= 0.01 ? 1e-6 : 2e-6 * max(1, coefficients.map(abs).max()!)
        for (ours, theirs) in zip(coefficients, expected) { #expect(abs(ours - theirs) < allowance) }
        let objectives = [coefficients, expected].map {
          documentedObjective(
            dataset, intercept: $0[0], coefficients: Array($0.dropFirst()), strength: model.penaltyStrength!,
            l1Ratio: path.shape.l1Ratio, isStandardizing: path.standardizesFeatures)
        }
        #expect(objectives[0] <= objectives[1] + 1e-15)
      }
    }
  }

  @Test(
    "the automatic path starts where glmnet's does",
    .enabled(if: hasReference, "../shared/data/vectors/r-reference is absent"))
  func automaticPath() throws {
    let dataset = try ReferenceTables.example("vectors/r-reference/BinomialExample.csv")
    let reference = try ReferenceTables.json("vectors/r-reference/glmnet_BinomialExample_path.json")
    let theirs = reference["lambda"] as! [Double]
    let path = try LogisticRegressionPath(shape: PenaltyShape(l1Ratio: 1)).fit(dataset)
    for (ours, theirs) in zip(path.strengths, theirs) { #expect(abs(ours / theirs - 1) < 1e-9) }
    let counts = reference["df"] as! [Int]
    for (model, count) in zip(path.models, counts) {
      #expect(abs(model.coefficients.count { $0 != 0 } - count) <= 1)
    }
  }
}
