/// The losses of one fold over the path, which may end early.
struct FoldResult: Sendable {
  let weight: Double
  let losses: [Double]
}

/// The cross-validated loss over a path of strengths.
public struct ValidationCurve: Sendable, Equatable {
  public let loss: ValidationLoss

  /// From large to small, as far as every fold could be fitted.
  public let strengths: [Double]

  /// The mean over the folds, one per strength; of repeated folds, the mean over the repeats.
  public let means: [Double]

  /// The standard error of the mean, one per strength; of repeated folds, that of one repeat (averaged over them):
  /// drawing folds again does not make the rows more.
  public let standardErrors: [Double]

  /// Where `means` is smallest; the largest strength among equals.
  public let minimumIndex: Int

  /// The largest strength whose mean is at most the smallest plus its standard error.
  public let oneStandardErrorIndex: Int

  /// - Parameter repeats: The folds of every draw.
  init(loss: ValidationLoss, strengths: [Double], repeats: [[FoldResult]]) {
    let count = repeats.joined().reduce(strengths.count) { min($0, $1.losses.count) }
    var means: [Double] = []
    var standardErrors: [Double] = []
    for index in 0..<count {
      let summaries = repeats.map { Self.summary(of: $0, at: index) }.filter { !$0.mean.isNaN }
      let number = Double(summaries.count)
      means.append(summaries.isEmpty ? .nan : summaries.reduce(0) { $0 + $1.mean } / number)
      standardErrors.append(summaries.isEmpty ? .nan : summaries.reduce(0) { $0 + $1.standardError } / number)
    }
    var best = 0
    for index in means.indices where means[index] < means[best] { best = index }
    self.loss = loss
    self.strengths = Array(strengths.prefix(count))
    self.means = means
    self.standardErrors = standardErrors
    minimumIndex = best
    if means.isEmpty {
      oneStandardErrorIndex = 0
    } else {
      let limit = means[best] + standardErrors[best]
      oneStandardErrorIndex = means.firstIndex { $0 <= limit } ?? best
    }
  }

  private static func summary(of folds: [FoldResult], at index: Int) -> (mean: Double, standardError: Double) {
    // A fold without both outcomes has no area under the curve; it says nothing rather than something invented.
    let usable = folds.filter { !$0.losses[index].isNaN }
    guard !usable.isEmpty else { return (.nan, .nan) }
    let total = usable.reduce(0) { $0 + $1.weight }
    let mean = usable.reduce(0) { $0 + $1.weight / total * $1.losses[index] }
    let variance = usable.reduce(0) { sum, fold in
      let deviation = fold.losses[index] - mean
      return sum + fold.weight / total * deviation * deviation
    }
    return (mean, (variance / Double(max(usable.count - 1, 1))).squareRoot())
  }
}
