/// How a Stata or SPSS number stands for a date or a time, and its text as in ISO 8601.
///
/// Dates are of the Gregorian calendar, carried back before 1582 as these programs do.
enum CalendarFormat: Equatable {
  /// Seconds since 14 October 1582 (SPSS).
  case spssDate, spssDateTime
  /// Seconds, of any sign and number of hours (SPSS).
  case spssTime
  /// Days since 1 January 1960 (Stata `%td`).
  case stataDate
  /// Milliseconds since then (`%tc`); `%tC` counts leap seconds as well, which are not taken out here.
  case stataDateTime, stataTime
  /// Weeks (52 a year), months, quarters and half-years since the start of 1960.
  case stataWeek, stataMonth, stataQuarter, stataHalf

  init?(spss format: String) {
    // The letters before the width: DATETIME20 is DATETIME.
    switch format.uppercased().prefix(while: { $0.isLetter }) {
    case "DATE", "ADATE", "EDATE", "JDATE", "SDATE", "QYR", "MOYR", "WKYR": self = .spssDate
    case "DATETIME", "YMDHMS": self = .spssDateTime
    case "TIME", "DTIME", "MTIME": self = .spssTime
    default: return nil
    }
  }

  init?(stata format: String) {
    // %td, %-td, %tdD_m_Y; %d is the older form of %td.
    var letters = format.drop { $0 == "%" || $0 == "-" }
    if letters.first == "d" {
      self = .stataDate
      return
    }
    guard letters.first == "t", letters.count > 1 else { return nil }
    letters.removeFirst()
    switch letters.removeFirst() {
    case "d": self = .stataDate
    case "c", "C":
      let dateParts = ["CC", "YY", "JJ", "DD", "dd", "D", "Mon", "NN", "nn", "ww", "Day"]
      let timeParts = ["HH", "Hh", "hH", "hh"]
      let isTimeOnly = timeParts.contains { letters.contains($0) } && !dateParts.contains { letters.contains($0) }
      self = isTimeOnly ? .stataTime : .stataDateTime
    case "w": self = .stataWeek
    case "m": self = .stataMonth
    case "q": self = .stataQuarter
    case "h": self = .stataHalf
    default: return nil
    }
  }

  /// The text of a number; the number's own where it is beyond every calendar.
  func text(of number: Double) -> String {
    guard number.isFinite, abs(number) < 1e15 else { return SurveyColumn.text(of: number) }
    switch self {
    case .spssDate, .spssDateTime:
      return Self.text(seconds: number, epoch: -141_428, always: self == .spssDateTime)
    case .spssTime:
      return (number < 0 ? "-" : "") + Self.time(abs(number))
    case .stataDate:
      return Self.text(seconds: number * 86_400, epoch: -3653, always: false)
    case .stataDateTime:
      return Self.text(seconds: number / 1000, epoch: -3653, always: true)
    case .stataTime:
      return (number < 0 ? "-" : "") + Self.time(abs(number) / 1000)
    case .stataWeek: return Self.text(part: number, perYear: 52, sign: "-W", digits: 2)
    case .stataMonth: return Self.text(part: number, perYear: 12, sign: "-", digits: 2)
    case .stataQuarter: return Self.text(part: number, perYear: 4, sign: "-Q", digits: 1)
    case .stataHalf: return Self.text(part: number, perYear: 2, sign: "-H", digits: 1)
    }
  }

  /// - Parameters:
  ///   - epoch: The day from which seconds count, in days from 1 January 1970.
  ///   - always: Whether the time is written even at midnight.
  private static func text(seconds: Double, epoch: Int, always: Bool) -> String {
    let day = (seconds / 86_400).rounded(.down)
    guard abs(day) < 1e8 else { return SurveyColumn.text(of: seconds) }
    let rest = seconds - day * 86_400
    let date = date(day: Int(day) + epoch)
    return rest == 0 && !always ? date : "\(date)T\(time(rest))"
  }

  /// The Gregorian date of a day counted from 1 January 1970: years of 400 have 146,097 days, and a year that starts
  /// in March has its leap day last.
  private static func date(day: Int) -> String {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let dayOfMonth = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))"
  }

  /// `10:10:10`, with as much of a second as there is, to the microsecond.
  private static func time(_ seconds: Double) -> String {
    let microseconds = Int((seconds * 1e6).rounded())
    let whole = microseconds / 1_000_000
    var text = "\(padded(whole / 3600, 2)):\(padded(whole / 60 % 60, 2)):\(padded(whole % 60, 2))"
    if microseconds % 1_000_000 > 0 {
      var fraction = padded(microseconds % 1_000_000, 6)
      while fraction.hasSuffix("0") { fraction.removeLast() }
      text += "." + fraction
    }
    return text
  }

  private static func text(part: Double, perYear: Int, sign: String, digits: Int) -> String {
    guard part == part.rounded(), abs(part) < 1e6 else { return SurveyColumn.text(of: part) }
    let index = Int(part) + 1960 * perYear
    let year = index >= 0 ? index / perYear : (index - perYear + 1) / perYear
    return padded(year, 4) + sign + padded(index - year * perYear + 1, digits)
  }

  private static func padded(_ number: Int, _ digits: Int) -> String {
    let text = String(abs(number))
    return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
