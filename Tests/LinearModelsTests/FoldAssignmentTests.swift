import Foundation
import LinearModels
import StatisticalLearning
import Testing

@Suite("Folds drawn again, and folds of groups")
struct FoldAssignmentTests {
  @Test("repeats are averaged, whatever the loss and the threads", arguments: [0, 1.0], ValidationLoss.allCases)
  func repeats(l1Ratio: Double, loss: ValidationLoss) throws {
    let dataset = SimulatedData.binary(seed: 3, rowCount: 120)
    let path = LogisticRegressionPath(
      shape: PenaltyShape(l1Ratio: l1Ratio), strengths: .values([0.06, 0.03, 0.01, 0.003]))
    func fit(_ repeats: Int, threadCount: Int = 1) throws -> CrossValidatedLogisticRegressionModel {
      try CrossValidatedLogisticRegression(
        path: path, folds: .random(count: 4, seed: 8, repeats: repeats), loss: loss, threadCount: threadCount
      ).fit(dataset)
    }
    let (once, thrice) = (try fit(1).curve, try fit(3).curve)
    #expect(once.means != thrice.means)
    #expect(try fit(3, threadCount: 3) == fit(3))
    // The second and third draws by difference: none may be a copy of the first.
    let twice = try fit(2).curve
    for index in once.means.indices {
      let second = 2 * twice.means[index] - once.means[index]
      let third = 3 * thrice.means[index] - 2 * twice.means[index]
      for (a, b) in [(second, once.means[index]), (third, second)] {
        #expect(a != b && abs(a - b) < 0.2)
      }
      // Averaging repeats does not shrink the error as averaging more firms would.
      #expect(thrice.standardErrors[index] > 0.5 * once.standardErrors[index])
    }
  }

  @Test("a group is never on both sides: copies of a row do not make the curve better")
  func groups() throws {
    // Noise features and outcomes that repeat within a group: only a split through groups can learn anything.
    var generator = CounterBasedGenerator(seed: 5, purpose: "groups")
    var rows: [[Double]] = []
    var targets: [Double] = []
    var groups: [Int] = []
    for group in 0..<40 {
      let row = (0..<25).map { _ in generator.normal() }
      for _ in 0..<(1 + group % 4) {
        rows.append(row)
        targets.append(Double(group % 2))
        groups.append(group * 10 - 7)
      }
    }
    let dataset = try Dataset(matrix: Matrix(rows: rows), targets: targets)
    let path = LogisticRegressionPath(strengths: .values([1, 0.1, 0.01]))
    let split = try CrossValidatedLogisticRegression(path: path, folds: .random(count: 5, seed: 1)).fit(dataset)
    let whole = try CrossValidatedLogisticRegression(path: path, folds: .grouped(groups, count: 5, seed: 1)).fit(
      dataset)
    #expect(split.curve.means[2] < 1.25)
    #expect(whole.curve.means[2] > 1.4)
    // Relaxed and linear learners deal them the same way.
    let linear = try CrossValidatedLinearRegression(folds: .grouped(groups, count: 5, seed: 1, repeats: 2)).fit(dataset)
    #expect(linear.curve.means.last! > 0.25)
  }

  @Test("impossible folds are refused")
  func refusals() throws {
    let dataset = SimulatedData.binary(seed: 3, rowCount: 30)
    func fit(_ folds: FoldAssignment) throws {
      _ = try CrossValidatedLogisticRegression(folds: folds).fit(dataset)
    }
    #expect(
      throws: TrainingError.invalidParameter(name: "folds.repeats", value: "0", expected: "at least 1")
    ) { try fit(.random(count: 5, repeats: 0)) }
    #expect(
      throws: TrainingError.invalidParameter(
        name: "folds.count", value: "5", expected: "at least 2, at most the 3 groups")
    ) { try fit(.grouped((0..<30).map { $0 % 3 }, count: 5)) }
    #expect(
      throws: TrainingError.invalidParameter(
        name: "folds.groups", value: "2 values", expected: "30, one per row")
    ) { try fit(.grouped([1, 2], count: 2)) }
  }
}
