import Foundation
import ModelEvaluation

/// Small pieces of HTML and SVG that the benchmark page is made of. All text goes through ``escaped(_:)``.
enum BenchmarkMarkup {
  /// Text as it may stand in an element or in a quoted attribute. Control characters that HTML does not allow are
  /// replaced.
  static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value): result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A coordinate with two decimals at most.
  static func coordinate(_ value: Double) -> String {
    let rounded = (value * 100).rounded() / 100
    // −0 and 12.0 are written 0 and 12.
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }

  static func interval(_ interval: IntervalEstimate, _ decimals: Int = 3, signed: Bool = false) -> String {
    let numbers = [interval.value, interval.lower, interval.upper].map {
      BenchmarkResult.text($0, decimals, signed: signed)
    }
    return "\(numbers[0]) <span class=\"range\">\(numbers[1]) to \(numbers[2])</span>"
  }

  static func pValue(_ p: Double) -> String { p < 0.001 ? "&lt; 0.001" : BenchmarkResult.text(p, 3) }

  /// A table whose cells are markup already; the first column is a row header.
  static func table(caption: String, header: [String], rows: [[String]]) -> String {
    var text = "<div class=\"wide\"><table><caption>\(escaped(caption))</caption>\n<thead><tr>"
    text += header.map { "<th scope=\"col\">\($0)</th>" }.joined() + "</tr></thead>\n<tbody>\n"
    for row in rows {
      text += "<tr><th scope=\"row\">\(row.first ?? "")</th>"
      text += row.dropFirst().map { "<td>\($0)</td>" }.joined() + "</tr>\n"
    }
    return text + "</tbody></table></div>\n"
  }

  static func figure(_ chart: String, caption: String) -> String {
    "<figure>\n\(chart)<figcaption>\(escaped(caption))</figcaption>\n</figure>\n"
  }

  /// How the candidate of that number is drawn: a colour that colour-blind readers tell apart (Okabe and Ito 2008), and a
  /// dash pattern that survives a black-and-white print.
  static func stroke(_ index: Int) -> (colour: String, dashes: String) {
    let colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#7A7A7A"]
    let dashes = ["none", "7 3", "2 3", "9 3 2 3", "5 2", "1 2", "12 4", "3 6"]
    return (colours[index % colours.count], dashes[(index + index / colours.count) % dashes.count])
  }
}
