import Foundation

/// "Did you mean": the nearest of a list of texts, when one is near.
enum SpellingSuggestion {
  /// The candidate that differs from `text` in case and accents only, else the one at the smallest edit distance
  /// (insertions, deletions, replacements and swaps of neighbours), if that is at most a third of the length.
  /// The first candidate wins a tie.
  static func nearest(to text: String, in candidates: some Sequence<String>) -> String? {
    let folded = folded(text)
    var best: (distance: Int, candidate: String)?
    let letters = Array(folded)
    for candidate in candidates {
      let other = Self.folded(candidate)
      if other == folded { return candidate }
      let limit = min(best.map { $0.distance - 1 } ?? Int.max, max(1, max(letters.count, other.count) / 3))
      if let distance = distance(letters, Array(other), atMost: limit) { best = (distance, candidate) }
    }
    return best?.candidate
  }

  /// Without case, accents and the spaces around.
  static func folded(_ text: String) -> String {
    trimmed(text).folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
  }

  /// The optimal string alignment distance; `nil` when it is more than `limit`.
  static func distance(_ left: [Character], _ right: [Character], atMost limit: Int) -> Int? {
    guard abs(left.count - right.count) <= limit, limit >= 0 else { return nil }
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for i in 0..<left.count {
      var current = [i + 1]
      for j in 0..<right.count {
        var cost = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (left[i] == right[j] ? 0 : 1))
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
          cost = min(cost, beforePrevious[j - 1] + 1)
        }
        current.append(cost)
      }
      guard current.min()! <= limit else { return nil }
      (beforePrevious, previous) = (previous, current)
    }
    return previous[right.count] <= limit ? previous[right.count] : nil
  }
}
