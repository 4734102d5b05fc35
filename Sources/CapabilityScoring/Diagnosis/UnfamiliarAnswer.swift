/// An answer unlike any that the model was trained on: what it says of such a firm is a guess.
public struct UnfamiliarAnswer: Sendable, Equatable, Codable {
  public enum Reason: String, Sendable, Hashable, Codable {
    /// A level that no firm of the training had, such as a size class that was left out.
    case unseenLevel = "unseen-level"
    /// A quantity beyond the smallest or largest one by more than a quarter of their distance.
    case outOfRange = "out-of-range"
    /// An answer that can't be read: it counts as missing.
    case unreadable
  }

  /// The id of the item or context variable.
  public var item: String
  public var reason: Reason
}

extension ScoringModel {
  /// What one firm's answers hold that no firm of the training did. Each costs a few comparisons.
  func unfamiliarAnswers(of answers: AnswerTable, row: Int, unreadableReason: UInt8) -> [UnfamiliarAnswer] {
    let imputation = design.imputation
    return columns.indices.compactMap { index in
      let name = columns[index].feature.name
      let value = answers.values[row, index]
      guard !value.isNaN else {
        return answers.reasons[index * answers.rowCount + row] == unreadableReason
          ? UnfamiliarAnswer(item: name, reason: .unreadable) : nil
      }
      if case .categorical = columns[index].feature.kind {
        let isSeen = design.columns.contains(.level(item: index, level: Int(value)))
        return isSeen ? nil : UnfamiliarAnswer(item: name, reason: .unseenLevel)
      }
      let (low, high) = (imputation.minima[index], imputation.maxima[index])
      if columns[index].topLevel != nil {
        return value < low || value > high ? UnfamiliarAnswer(item: name, reason: .unseenLevel) : nil
      }
      let margin = 0.25 * (high - low)
      return value < low - margin || value > high + margin ? UnfamiliarAnswer(item: name, reason: .outOfRange) : nil
    }
  }
}
