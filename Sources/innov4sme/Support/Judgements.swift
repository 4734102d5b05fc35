import CapabilityScoring
import Foundation
import SurveyData

/// Experts' pairwise judgements of capabilities: a square table whose first column and header are their ids; a cell says
/// how many times as important the row's capability is as the column's (1/9 to 9).
enum Judgements {
  static func weights(_ path: String, capabilities: [String]) throws -> [Double] {
    let table = try SurveyReader.read(path)
    func failure(_ text: String) -> CommandFailure { CommandFailure(.data, "\(path): \(text)") }
    guard let names = table.columns.first else { throw failure("the table is empty") }
    let rows = (0..<table.rowCount).map { names.text(row: $0) ?? "" }
    guard Set(rows) == Set(capabilities), rows.count == capabilities.count else {
      let missing = capabilities.filter { !rows.contains($0) }
      throw failure(
        missing.isEmpty
          ? "the first column must hold each capability once" : "no row for \(missing.joined(separator: ", "))")
    }
    let place = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, $0) })
    var judgements: [[Double]] = []
    for row in capabilities {
      judgements.append(
        try capabilities.map { column in
          guard let values = table[column: column] else { throw failure("no column '\(column)'") }
          guard case .numbers(let numbers) = values.values, numbers[place[row]!].isFinite else {
            let text = values.text(row: place[row]!) ?? ""
            guard let value = fraction(text) else {
              throw failure("row '\(row)', column '\(column)': expected a number or a fraction such as 1/3")
            }
            return value
          }
          return numbers[place[row]!]
        })
    }
    do {
      let hierarchy = try AnalyticHierarchy(judgements: judgements)
      if !hierarchy.isConsistent, let ratio = hierarchy.consistencyRatio {
        Console.warning(
          "\(path): the judgements contradict each other (consistency ratio \(NumberText.decimal(ratio, 2)), "
            + "0.10 is acceptable)")
      }
      return hierarchy.weights
    } catch { throw failure("\(error)") }
  }

  private static func fraction(_ text: String) -> Double? {
    if let value = Double(text) { return value }
    let parts = text.split(separator: "/").compactMap { Double($0) }
    return parts.count == 2 && parts[1] != 0 ? parts[0] / parts[1] : nil
  }
}
