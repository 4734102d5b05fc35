/// What gives an outcome away, and how.
///
/// Thresholds, and why:
///
/// - ``separatesBy``: a single question that ranks 9 of 10 pairs of firms right (cross-validated AUC) is the outcome in
///   other words. Practices and context of a firm rarely go above 0.75 alone.
/// - ``levelOddsRatio``: for firms with one certain answer the odds of the rarer value of the outcome are at least 20
///   times those of the others, at the careful end of the 95 % interval: the answer all but says the outcome.
/// - ``commonLevelOddsRatio``: an answer can make a rare outcome rarer still without being a leak (the smallest firms
///   hardly ever export), so where it speaks for the commoner value it takes 100. Tenths of a quantity are not looked
///   at: a steep slope is no leak.
/// - ``filterOddsRatio``: when three or more columns have no real answer for exactly the same firms, a filter question
///   led those firms past the block. Whether a firm was let through is no practice of it, so less is tolerated: 6.71,
///   which is a *large* odds ratio (Chen, Cohen and Chen 2010, *How big is a big odds ratio?*, Communications in
///   Statistics 39(4)), again at the careful end of the interval.
/// - ``chance``: a column in which all firms that a filter led past have the same cell is decided by that filter. It
///   must be too much for chance, even for a column that goes with the filter as closely as ``filterOddsRatio``: a
///   probability below 1 in 1,000.
public struct Leakage: Sendable, Hashable, Codable {
  public static let separatesBy = 0.9
  public static let levelOddsRatio = 20.0
  public static let commonLevelOddsRatio = 100.0
  public static let filterOddsRatio = 6.71
  public static let filterColumnCount = 3
  public static let chance = 1e-3

  /// The outcome that is given away.
  public var outcome: String
  /// How a quantity or an ordered outcome was made yes or no for this purpose; `nil` for a yes-or-no outcome.
  public var splitAt: Double?
  /// Columns that separate the outcome by themselves, the strongest first.
  public var columns: [Column]
  /// Blocks of columns behind a filter question, the strongest first.
  public var filters: [Filter]

  /// A part of the firms, and how often they have the outcome.
  public struct Part: Sendable, Hashable, Codable {
    /// What stands in their cells: `'No hace innovacion'`.
    public var name: String
    public var firmCount: Int
    /// The share of them with the outcome.
    public var share: Double
    /// The share of the other firms.
    public var otherShare: Double
    public var oddsRatio: OddsRatio
  }

  public struct Column: Sendable, Hashable, Codable {
    public enum Cause: String, Sendable, Codable { case separates, level }

    public var column: String
    public var cause: Cause
    /// Cross-validated.
    public var auc: Double
    /// The part of the firms that tells most, when one does.
    public var part: Part?
  }

  /// A filter question and the columns behind it.
  public struct Filter: Sendable, Hashable, Codable {
    /// The firms that it led past.
    public var part: Part
    /// The columns that have no real answer for exactly these firms, in the order of the file.
    public var columns: [String]
    /// Further columns that the filter decides: all its firms have the same cell there.
    public var dependent: [String]
    /// The largest cross-validated AUC of one of these columns.
    public var auc: Double
  }

  /// The columns that may not be used for this outcome, in no order.
  public var leakingColumns: Set<String> {
    Set(columns.map(\.column) + filters.flatMap { $0.columns + $0.dependent })
  }

  /// Names with a common beginning joined, in the order of the first: `p.5.* (28 columns), dai`.
  public static func blocks(_ columns: [String]) -> [String] {
    var order: [String] = []
    var members: [String: [String]] = [:]
    for column in columns {
      let stem = Self.stem(column)
      if members[stem] == nil { order.append(stem) }
      members[stem, default: []].append(column)
    }
    return order.map { stem in
      let names = members[stem]!
      return names.count == 1 ? names[0] : "\(stem)* (\(names.count) columns)"
    }
  }

  /// The first part of a name and a number that follows it, with the separator: `p.5.` of `p.5.1.2`.
  private static func stem(_ name: String) -> String {
    func isSeparator(_ character: Character) -> Bool { "._- ".contains(character) }
    guard let first = name.firstIndex(where: isSeparator) else {
      let letters = name.prefix { !$0.isNumber }
      return letters.isEmpty ? name : String(letters)
    }
    let rest = name[name.index(after: first)...]
    let number = rest.prefix(while: \.isNumber)
    guard !number.isEmpty, number.endIndex < name.endIndex, isSeparator(name[number.endIndex]) else {
      return String(name[...first])
    }
    return String(name[...number.endIndex])
  }
}
