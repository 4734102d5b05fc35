/// The losses of one fold over the path, which may end early.
struct FoldResult: Sendable {
  let weight: Double
  let losses: [Double]
}

extension ValidationCurve {
  func index(_ rule: StrengthRule) -> Int {
    switch rule {
    case .minimum: minimumIndex
    case .oneStandardError: oneStandardErrorIndex
    case .pairedStandardError: pairedStandardErrorIndex
    }
  }
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

  /// The largest strength whose mean exceeds the smallest by at most one standard error of that difference, paired by
  /// fold: folds are hard or easy for every strength alike, so that this rule shrinks less, and less the more rows there
  /// are.
  public let pairedStandardErrorIndex: Int

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
    pairedStandardErrorIndex =
      means.indices.first { index in
        let differences = repeats.map { Self.summary(of: $0, at: index, against: best) }.filter { !$0.mean.isNaN }
        guard !differences.isEmpty else { return false }
        let number = Double(differences.count)
        return differences.reduce(0) { $0 + $1.mean } / number
          <= differences.reduce(0) { $0 + $1.standardError } / number
      } ?? best
  }

  /// - Parameter other: A place whose losses are taken off.
  private static func summary(
    of folds: [FoldResult], at index: Int, against other: Int? = nil
  ) -> (mean: Double, standardError: Double) {
    func loss(_ fold: FoldResult) -> Double { fold.losses[index] - (other.map { fold.losses[$0] } ?? 0) }
    // A fold without both outcomes has no area under the curve; it says nothing rather than something invented.
    let usable = folds.filter { !loss($0).isNaN }
    guard !usable.isEmpty else { return (.nan, .nan) }
    let total = usable.reduce(0) { $0 + $1.weight }
    let mean = usable.reduce(0) { $0 + $1.weight / total * loss($1) }
    let variance = usable.reduce(0) { sum, fold in
      let deviation = loss(fold) - mean
      return sum + fold.weight / total * deviation * deviation
    }
    return (mean, (variance / Double(max(usable.count - 1, 1))).squareRoot())
  }
}
