import Foundation
import Testing

@testable import SurveyData

@Suite struct CalendarFormatTests {
  /// Against Foundation's calendar, which is carried back before 1582 in the same way when asked to.
  @Test func datesLikeFoundation() {
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withFullDate]
    for day in stride(from: -130_000, through: 130_000, by: 997) {
      let date = Date(timeIntervalSince1970: Double(day) * 86_400)
      #expect(CalendarFormat.stataDate.text(of: Double(day + 3653)) == formatter.string(from: date))
      #expect(CalendarFormat.spssDate.text(of: Double(day + 141_428) * 86_400) == formatter.string(from: date))
    }
  }

  @Test func timesAndParts() {
    #expect(CalendarFormat.spssTime.text(of: 36_610) == "10:10:10")
    #expect(CalendarFormat.spssTime.text(of: -90_000.5) == "-25:00:00.5")
    #expect(CalendarFormat.spssDateTime.text(of: 11_903_760_000) == "1960-01-01T00:00:00")
    #expect(CalendarFormat.stataDateTime.text(of: 1_841_220_610_000) == "2018-05-06T10:10:10")
    #expect(CalendarFormat.stataMonth.text(of: 700) == "2018-05")
    #expect(CalendarFormat.stataMonth.text(of: -1) == "1959-12")
    #expect(CalendarFormat.stataQuarter.text(of: 0) == "1960-Q1")
    #expect(CalendarFormat.stataHalf.text(of: 1) == "1960-H2")
    #expect(CalendarFormat.stataWeek.text(of: 51) == "1960-W52")
    #expect(CalendarFormat.stataDate.text(of: 1e300) == "1e+300")
  }

  @Test func formats() {
    #expect(CalendarFormat(stata: "%td") == .stataDate)
    #expect(CalendarFormat(stata: "%d") == .stataDate)
    #expect(CalendarFormat(stata: "%tdDD/NN/CCYY") == .stataDate)
    #expect(CalendarFormat(stata: "%tcHH:MM:SS") == .stataTime)
    #expect(CalendarFormat(stata: "%tcDDmonCCYY_HH:MM") == .stataDateTime)
    #expect(CalendarFormat(stata: "%9.0g") == nil)
    #expect(CalendarFormat(stata: "%-12s") == nil)
    #expect(CalendarFormat(spss: "DATETIME20") == .spssDateTime)
    #expect(CalendarFormat(spss: "EDATE10") == .spssDate)
    #expect(CalendarFormat(spss: "F8.2") == nil)
    #expect(CalendarFormat(spss: "WKDAY9") == nil)
  }

  @Test func reasonsFromLabels() {
    let wanted: [(String, MissingReason?)] = [
      ("Refused", .refused), ("Don't know", .dontKnow), ("DON’T KNOW / REFUSED", .dontKnow), ("Ns/Nc", .dontKnow),
      ("No sabe", .dontKnow), ("No responde", .refused), ("Ne sait pas", .dontKnow), ("Refus de répondre", .refused),
      ("Sans objet", .notApplicable), ("No aplica", .notApplicable), ("No se aplica", .notApplicable),
      ("N/A", .notApplicable), ("Not asked in this wave", .notAsked), ("Question non posée", .notAsked),
      ("missing", nil), ("", nil), ("Yes", nil), ("Refusing sales abroad is knowledge", nil),
    ]
    for (label, reason) in wanted { #expect(MissingReason(label: label) == reason, "\(label)") }
  }
}
