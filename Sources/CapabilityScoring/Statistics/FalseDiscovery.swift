/// Control of the false-discovery rate over many tests.
public enum FalseDiscovery {
  /// The adjusted p-values of Benjamini and Hochberg (1995): rejecting those up to *q* keeps the expected share of false
  /// rejections at *q*, for independent or positively dependent tests.
  ///
  /// `min over k ≥ rank(i) of p_(k) · m/k`, at most 1. `NaN` stays `NaN` and does not count as a test.
  public static func adjusted(_ pValues: [Double]) -> [Double] {
    let tests = pValues.indices.filter { !pValues[$0].isNaN }.sorted {
      pValues[$0] == pValues[$1] ? $0 < $1 : pValues[$0] < pValues[$1]
    }
    var result = [Double](repeating: .nan, count: pValues.count)
    var least = 1.0
    for (position, i) in tests.enumerated().reversed() {
      least = min(least, pValues[i] * Double(tests.count) / Double(position + 1))
      result[i] = least
    }
    return result
  }
}
