import StatisticalLearning
import Testing

@Suite struct DatasetTests {
  let matrix = Matrix(rows: [[1, .nan], [2, 5], [3, 6]])

  @Test func faultsAreNamedByCauseAndPlace() {
    #expect(throws: DatasetError.countMismatch(.targets, got: 2, expected: 3)) {
      try Dataset(matrix: matrix, targets: [0, 1])
    }
    #expect(throws: DatasetError.invalidWeight(row: 1)) {
      try Dataset(matrix: matrix, targets: [0, 1, 0], weights: [1, -1, 1])
    }
    #expect(throws: DatasetError.notFinite(.targets, row: 2)) {
      try Dataset(matrix: matrix, targets: [0, 1, .nan])
    }
    #expect(throws: DatasetError.duplicateFeature("a")) {
      try Dataset(features: [Feature("a"), Feature("a")], matrix: matrix, targets: [0, 1, 0])
    }
    #expect(throws: DatasetError.infiniteFeature("x2", row: 1)) {
      try Dataset(matrix: Matrix(rows: [[1, 2], [1, .infinity], [0, 0]]), targets: [0, 1, 0])
    }
    #expect(throws: DatasetError.countMismatch(.features, got: 1, expected: 2)) {
      try Dataset(features: [Feature("a")], matrix: matrix, targets: [0, 1, 0])
    }
  }

  @Test func selectedRowsKeepWhatBelongsToThem() throws {
    let dataset = try Dataset(matrix: matrix, targets: [0, 1, 0], weights: [1, 2, 3], offsets: [0.5, 0, -1])
    let selected = dataset.selectingRows([2, 2, 0])
    #expect(selected.targets == [0, 0, 0])
    #expect(selected.weights == [3, 3, 1])
    #expect(selected.offsets == [-1, -1, 0.5])
    #expect(selected.matrix.column(0) == [3, 3, 1])
  }
}

@Suite struct ParallelTests {
  struct Failure: Error, Equatable { let index: Int }

  @Test(arguments: [1, 2, 7])
  func resultsAreInOrderWhateverTheThreads(threadCount: Int) {
    let squares = Parallel.map(count: 100, threadCount: threadCount) { $0 * $0 }
    #expect(squares == (0..<100).map { $0 * $0 })
  }

  @Test(arguments: [1, 3])
  func theErrorOfTheSmallestIndexIsThrown(threadCount: Int) {
    #expect(throws: Failure(index: 11)) {
      try Parallel.map(count: 50, threadCount: threadCount) { index throws(Failure) in
        if index % 20 == 11 { throw Failure(index: index) }
        return index
      }
    }
  }
}
