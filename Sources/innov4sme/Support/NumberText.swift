import Foundation

/// Numbers as tables show them. One place, so that every table rounds alike.
enum NumberText {
  /// With thousands separated by commas: `3,114`.
  static func count(_ value: Int) -> String {
    var digits = String(value.magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    groups.insert(digits, at: 0)
    return (value < 0 ? "−" : "") + groups.joined(separator: ",")
  }

  /// With a fixed number of decimals; a dash when there is no value.
  static func decimal(_ value: Double?, _ decimals: Int) -> String {
    guard let value, value.isFinite else { return "–" }
    let text = String(format: "%.\(decimals)f", value)
    // A negative number that rounds to zero is zero.
    if text.hasPrefix("-") {
      let digits = text.dropFirst()
      return digits.allSatisfy { $0 == "0" || $0 == "." } ? String(digits) : "−" + digits
    }
    return text
  }

  /// A share as a percentage: `37.1 %`.
  static func percent(_ share: Double, _ decimals: Int = 1) -> String { decimal(share * 100, decimals) + " %" }

  /// `< 0.001` or three decimals.
  static func pValue(_ value: Double) -> String { value < 0.001 ? "< 0.001" : decimal(value, 3) }
}
