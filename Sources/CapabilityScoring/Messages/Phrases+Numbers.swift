import Foundation
import SurveyData

extension Phrases {
  /// The narrow space, never broken, that French puts before a percent sign and both French and Spanish between
  /// thousands.
  private static let narrowSpace = "\u{202F}"
  /// A space that is never broken.
  private static let firmSpace = "\u{A0}"

  /// A number with a fixed number of decimals: `1,234.5` in English, `1 234,5` in French and `1234,5`, `12 345,6` in
  /// Spanish (which groups from five digits on). A minus sign, not a hyphen. `–` for what is not a number.
  ///
  /// - Parameter decimals: At most 12.
  public func number(_ value: Double, decimals: Int = 0) -> String {
    precondition((0...12).contains(decimals), "\(decimals) decimals")
    guard value.isFinite else { return value.isNaN ? "–" : (value > 0 ? "∞" : "−∞") }
    let text = decimalText(abs(value), decimals)
    let parts = text.split(separator: ".")
    let isZero = text.allSatisfy { $0 == "0" || $0 == "." }
    let digits = grouped(String(parts[0]))
    let mark = language == .en ? "." : ","
    return (value < 0 && !isZero ? "−" : "") + digits + (parts.count > 1 ? mark + parts[1] : "")
  }

  /// The same with a plus sign where it is positive.
  public func signed(_ value: Double, decimals: Int = 0) -> String {
    let text = number(value, decimals: decimals)
    return value > 0 && text.contains(where: { $0.isNumber && $0 != "0" }) ? "+" + text : text
  }

  /// A share of 0...1 as a percentage: `62%` in English, `62 %` in French and Spanish. What is neither none nor all is
  /// never shown as such: `<1%`, `>99%`.
  public func percent(_ share: Double, decimals: Int = 0) -> String {
    let space = language == .en ? "" : (language == .fr ? Self.narrowSpace : Self.firmSpace)
    let unit = pow(10, -Double(decimals))
    let hundred = 100 * share
    if share > 0, hundred < unit / 2 { return "<" + number(unit, decimals: decimals) + space + "%" }
    if share < 1, hundred > 100 - unit / 2 { return ">" + number(100 - unit, decimals: decimals) + space + "%" }
    return number(hundred, decimals: decimals) + space + "%"
  }

  /// A difference of probabilities in points: `+4.1 points`, `+4,1 points`, `+4,1 puntos`.
  public func points(_ difference: Double, decimals: Int = 1) -> String {
    let value = signed(100 * difference, decimals: decimals)
    return value + Self.firmSpace + text(isSingular(100 * difference, decimals) ? .point : .points)
  }

  /// `1 firm`, `1,250 firms`, `0 entreprise`.
  public func firmCount(_ count: Int) -> String { counted(count, .firm, .firms) }

  /// `1 level`, `2 levels`.
  public func stepCount(_ count: Int) -> String { counted(count, .step, .steps) }

  private func counted(_ count: Int, _ singular: Phrase, _ plural: Phrase) -> String {
    number(Double(count)) + Self.firmSpace + text(isSingular(Double(count), 0) ? singular : plural)
  }

  /// French counts everything below two as one; English and Spanish only one itself, without decimals.
  private func isSingular(_ value: Double, _ decimals: Int) -> Bool {
    language == .fr ? abs(value) < 2 - pow(10, -Double(decimals)) / 2 : decimals == 0 && abs(value.rounded()) == 1
  }

  /// Fixed decimals with a point, rounded half away from zero on the decimal expansion that `Double` prints.
  private func decimalText(_ value: Double, _ decimals: Int) -> String {
    let scale = pow(10, Double(decimals))
    guard value * scale < 9e15 else { return String(format: "%.\(decimals)f", value) }
    // 0.285 · 100 is 28.499…: the nudge of a few ulps restores what was written.
    let scaled = value * scale
    let whole = Int64((scaled + scaled.ulp * 4).rounded(.toNearestOrAwayFromZero))
    guard decimals > 0 else { return String(whole) }
    let digits = String(whole)
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return String(padded.dropLast(decimals)) + "." + String(padded.suffix(decimals))
  }

  private func grouped(_ digits: String) -> String {
    guard digits.count > (language == .es ? 4 : 3) else { return digits }
    let separator = language == .en ? "," : Self.narrowSpace
    var result = ""
    for (k, digit) in digits.enumerated() {
      if k > 0, (digits.count - k).isMultiple(of: 3) { result += separator }
      result.append(digit)
    }
    return result
  }
}
