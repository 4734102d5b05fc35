import StatisticalLearning
import Testing

@Suite struct MatrixTests {
  @Test(arguments: [(0, 0), (0, 3), (3, 0), (1, 1), (2, 5), (33, 65), (100, 7)])
  func layoutsHoldTheSameElements(rowCount: Int, columnCount: Int) {
    var generator = CounterBasedGenerator(seed: 1, purpose: "matrix")
    let elements = (0..<rowCount * columnCount).map { _ in generator.uniform() }
    let matrix = Matrix(rowCount: rowCount, columnCount: columnCount, layout: .rowMajor, elements: elements)
    let converted = matrix.converted(to: .columnMajor)
    for row in 0..<rowCount {
      for column in 0..<columnCount { #expect(matrix[row, column] == converted[row, column]) }
    }
    #expect(converted.converted(to: .rowMajor) == matrix)
  }

  @Test func rowsAndColumnsAreSelectedInOrderWithRepetition() {
    let matrix = Matrix(rows: [[1, 2, 3], [4, 5, 6]])
    for layout in [Matrix.Layout.rowMajor, .columnMajor] {
      let source = matrix.converted(to: layout)
      #expect(source.selectingRows([1, 0, 1]).converted(to: .rowMajor).elements == [4, 5, 6, 1, 2, 3, 4, 5, 6])
      #expect(source.selectingColumns([2, 0]).converted(to: .rowMajor).elements == [3, 1, 6, 4])
      #expect(source.row(1) == [4, 5, 6])
      #expect(source.column(1) == [2, 5])
    }
  }
}

@Suite struct LinearAlgebraTests {
  static func random(_ rowCount: Int, _ columnCount: Int, _ layout: Matrix.Layout, seed: UInt64) -> Matrix {
    var generator = CounterBasedGenerator(seed: seed, purpose: "matrix")
    return Matrix(
      rowCount: rowCount, columnCount: columnCount, layout: layout,
      elements: (0..<rowCount * columnCount).map { _ in generator.normal() })
  }

  /// Every combination of layouts and transpositions, beside the definition.
  @Test(arguments: [Matrix.Layout.rowMajor, .columnMajor], [false, true])
  func productIsItsDefinition(layout: Matrix.Layout, transposed: Bool) {
    let a = Self.random(transposed ? 4 : 3, transposed ? 3 : 4, layout, seed: 1)
    let b = Self.random(4, 5, layout, seed: 2)
    let product = LinearAlgebra.product(a, transposed: transposed, b)
    for i in 0..<3 {
      for j in 0..<5 {
        let expected = (0..<4).reduce(0.0) { $0 + (transposed ? a[$1, i] : a[i, $1]) * b[$1, j] }
        #expect(abs(product[i, j] - expected) < 1e-13)
      }
    }
    let vector = LinearAlgebra.product(a, transposed: transposed, b.column(2))
    for i in 0..<3 { #expect(abs(vector[i] - product[i, 2]) < 1e-13) }
  }

  @Test func choleskySolvesAndInverts() throws {
    let a = Self.random(20, 6, .rowMajor, seed: 3)
    let gram = LinearAlgebra.gram(a)
    let factor = try #require(LinearAlgebra.cholesky(gram))
    let x = [1.0, -2, 3, 0.5, 0, 7]
    let solved = factor.solve(LinearAlgebra.product(gram, x))
    for (left, right) in zip(solved, x) { #expect(abs(left - right) < 1e-9) }
    let identity = LinearAlgebra.product(gram, factor.inverse())
    for i in 0..<6 { for j in 0..<6 { #expect(abs(identity[i, j] - (i == j ? 1 : 0)) < 1e-9) } }
    let eigen = try #require(LinearAlgebra.symmetricEigen(gram))
    #expect(abs(factor.logDeterminant - eigen.values.reduce(0) { $0 + $1.logarithm }) < 1e-9)
    let rebuilt = LinearAlgebra.product(gram, eigen.vectors)
    for j in 0..<6 { for i in 0..<6 { #expect(abs(rebuilt[i, j] - eigen.values[j] * eigen.vectors[i, j]) < 1e-9) } }
  }

  @Test func whatIsNotPositiveDefiniteHasNoCholeskyFactor() {
    #expect(LinearAlgebra.cholesky(Matrix(rows: [[1, 2], [2, 1]])) == nil)
    #expect(LinearAlgebra.cholesky(Matrix(rows: [[0, 0], [0, 0]])) == nil)
    #expect(LinearAlgebra.symmetricEigen(Matrix(rows: [[.nan, 0], [0, 1]])) == nil)
    #expect(LinearAlgebra.cholesky(Matrix(rowCount: 0, columnCount: 0))?.logDeterminant == 0)
  }
}
