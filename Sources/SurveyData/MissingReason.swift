/// Why a cell holds no answer. *Not asked* is not *don't know*, and neither is zero.
public enum MissingReason: UInt8, Sendable, Hashable, Codable, CaseIterable, Comparable {
  /// The cell is empty, or holds the file format's own missing value, and nothing says why.
  case blank = 1
  case refused = 2
  case dontKnow = 3
  case notApplicable = 4
  /// A filter question upstream led past this one.
  case notAsked = 5
  /// The cell holds something that its column can't take; it has been reported.
  case unreadable = 6

  public static func < (left: MissingReason, right: MissingReason) -> Bool { left.rawValue < right.rawValue }
}
