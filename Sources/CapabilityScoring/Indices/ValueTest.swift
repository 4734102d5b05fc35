/// The value-test of Morineau (1984): how far a class's mean lies from the overall mean, in standard deviations of the
/// mean of as many firms drawn without replacement.
///
/// ```
/// t = (mean_k − mean) / s_k,   s_k² = (n − n_k)/(n − 1) · s²/n_k
/// ```
public enum ValueTest {
  /// What the variance `s²` is divided by.
  public enum Divisor: String, Sendable, Hashable, Codable {
    /// *n*: the finite population's own variance, as in Morineau's and SPAD's definition.
    case count
    /// *n* − 1.
    case countLessOne
  }

  /// - Parameters:
  ///   - values: One per firm, finite.
  ///   - members: Whether each firm is in the class.
  /// - Returns: *t*; 0 for a variable that does not vary; `nil` for an empty class or one that holds every firm.
  public static func statistic(_ values: [Double], members: [Bool], divisor: Divisor = .count) -> Double? {
    precondition(values.count == members.count, "\(values.count) values, \(members.count) memberships")
    let n = Double(values.count)
    let size = Double(members.count { $0 })
    guard size > 0, size < n else { return nil }
    let mean = values.reduce(0, +) / n
    let classMean = zip(values, members).reduce(0) { $0 + ($1.1 ? $1.0 : 0) } / size
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let variance = squares / (divisor == .count ? n : n - 1)
    let classVariance = (n - size) / (n - 1) * variance / size
    // A constant column leaves rounding, not variance.
    let scale = values.reduce(0) { max($0, abs($1)) }
    guard classVariance > 1e-28 * scale * scale, classVariance > 0 else { return 0 }
    return (classMean - mean) / classVariance.squareRoot()
  }

  /// The preference profile of a class: its value-tests as weights that sum to one.
  ///
  /// If any is negative, all are raised by the size of the smallest, so the weakest practice of the class gets weight
  /// 0; then they are divided by their sum. Equal weights when all are the same. A profile describes what sets the
  /// class apart. It is no evidence that a practice matters: the classes were made from the same index.
  public static func profile(_ statistics: [Double]) -> [Double] {
    guard let smallest = statistics.min() else { return [] }
    let shifted = smallest < 0 ? statistics.map { $0 - smallest } : statistics
    let sum = shifted.reduce(0, +)
    guard sum > 0 else { return [Double](repeating: 1 / Double(statistics.count), count: statistics.count) }
    return shifted.map { $0 / sum }
  }
}
