import BoostedTrees
import ModelExplanation
import StatisticalLearning
import Testing

@Suite struct InteractionStrengthTests {
  /// All combinations of levels −1 and 1 of three features, so that means are 0 and variances 1.
  static let design = Matrix(rows: (0..<8).map { row in (0..<3).map { row >> $0 & 1 == 1 ? 1.0 : -1.0 } })

  @Test func sharesOfKnownFunctions() throws {
    func strength(_ score: @escaping ([Double]) -> Double) throws -> InteractionStrength {
      try InteractionStrength(0, 1, over: Self.design) { matrix in (0..<matrix.rowCount).map { score(matrix.row($0)) } }
    }
    let product = try strength { 3 * $0[0] * $0[1] + $0[2] }
    #expect(abs(product.shareOfVariance - 1) <= 1e-14 && abs(product.strength - 3) <= 1e-14)
    let additive = try strength { 2 * $0[0] - $0[1] + $0[0] * $0[2] }
    #expect(additive.shareOfVariance <= 1e-28 && additive.strength <= 1e-14)
    // Variances 1, 4 and 9 of a, 2b and 3ab.
    let mixed = try strength { $0[0] + 2 * $0[1] + 3 * $0[0] * $0[1] }
    #expect(abs(mixed.shareOfVariance - 9.0 / 14) <= 1e-14)
    #expect(try strength { $0[2] } == strength { _ in 0 })
  }

  @Test func weightZeroIsNoRow() throws {
    let score = { (matrix: Matrix) in (0..<matrix.rowCount).map { matrix[$0, 0] * matrix[$0, 1] + matrix[$0, 1] } }
    let weights: [Double] = [1, 2, 0, 1, 1, 0, 1, 1]
    let rows = [0, 1, 1, 3, 4, 6, 7]
    let weighted = try InteractionStrength(0, 1, over: Self.design, weights: weights, score: score)
    let repeated = try InteractionStrength(0, 1, over: Self.design.selectingRows(rows), score: score)
    #expect(abs(weighted.shareOfVariance - repeated.shareOfVariance) <= 1e-14)
    #expect(weighted.shareOfVariance > 0.05)
  }
}
