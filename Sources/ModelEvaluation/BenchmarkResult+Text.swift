import Foundation

extension BenchmarkResult {
  /// The result as text for a terminal: one table per outcome, then differences, groups and learning curves.
  public func textTables() -> String {
    var lines: [String] = ["\(title): \(rowCount) rows, \(protocolDescription)"]
    lines += settings.map { "  \($0.name): \($0.value)" }
    for outcome in outcomes {
      let rate =
        outcome.kind == .binary
        ? "base rate \(Self.text(outcome.baseRate, 3))" : "mean \(Self.text(outcome.baseRate, 3))"
      lines += ["", "\(outcome.name): \(outcome.rowCount) rows, \(rate)"]
      lines += metricTable(outcome)
      lines += differenceTable(outcome)
      lines += groupTable(outcome)
      lines += conformalLines(outcome)
      lines += learningCurveLines(outcome)
    }
    if !notes.isEmpty { lines += [""] + notes.map { "note: \($0)" } }
    return lines.joined(separator: "\n") + "\n"
  }

  private func metricTable(_ outcome: Outcome) -> [String] {
    let metrics = BenchmarkMetric.all(for: outcome.kind)
    var rows = [["candidate"] + metrics.map(\.title)]
    for candidate in outcome.candidates {
      rows.append([candidate.name] + metrics.map { candidate.metric($0).map(Self.text) ?? "–" })
    }
    if outcome.candidates.contains(where: { $0.permutationPValue != nil }) {
      rows[0].append("p (chance)")
      for (index, candidate) in outcome.candidates.enumerated() {
        rows[index + 1].append(candidate.permutationPValue.map(Self.pValueText) ?? "–")
      }
    }
    return Self.aligned(rows)
  }

  private func differenceTable(_ outcome: Outcome) -> [String] {
    guard let first = outcome.differences.first else { return [] }
    var rows = [
      ["minus \(first.reference)", "metric", "difference", "\(Int(level * 100)) % interval", "p", "folds won"]
    ]
    for difference in outcome.differences {
      let interval = difference.interval
      rows.append([
        difference.candidate, difference.metric.title, Self.text(interval.value, 4, signed: true),
        "\(Self.text(interval.lower, 4, signed: true)) to \(Self.text(interval.upper, 4, signed: true))",
        Self.pValueText(difference.pValue), "\(difference.foldsWon)/\(difference.foldsCompared)",
      ])
    }
    return [""] + Self.aligned(rows)
  }

  private func groupTable(_ outcome: Outcome) -> [String] {
    var rows: [[String]] = []
    for candidate in outcome.candidates {
      for group in candidate.groups {
        rows.append([
          candidate.name, "\(group.column) = \(group.name)", "\(group.rowCount)", Self.text(group.baseRate, 3),
          group.discrimination.map(Self.intervalText) ?? "–", Self.text(group.loss, 3),
          group.calibrationInTheLarge.map(Self.intervalText) ?? "–",
        ])
      }
    }
    guard !rows.isEmpty else { return [] }
    let names =
      outcome.kind == .binary ? ["AUC", "log-loss", "calibration intercept"] : ["R²", "MSE", "calibration intercept"]
    return [""]
      + Self.aligned([["candidate", "group", "rows", outcome.kind == .binary ? "base rate" : "mean"] + names] + rows)
  }

  private func conformalLines(_ outcome: Outcome) -> [String] {
    let rows = outcome.candidates.compactMap { candidate in
      candidate.conformal.map { sets in
        [candidate.name, Self.text(sets.level, 2), Self.text(sets.coverage, 3)]
          + sets.coverageByOutcome.map { $0.map { Self.text($0, 3) } ?? "–" } + [Self.text(sets.decidedShare, 3)]
      }
    }
    guard !rows.isEmpty else { return [] }
    return [""]
      + Self.aligned([["prediction sets", "asked for", "covered", "without it", "with it", "decided share"]] + rows)
  }

  private func learningCurveLines(_ outcome: Outcome) -> [String] {
    outcome.candidates.compactMap { candidate -> String? in
      guard let curve = candidate.learningCurve else { return nil }
      let points = curve.points.map {
        "\(Int($0.trainingRowCount.rounded())) rows \(Self.text($0.value.value, 3))"
      }
      let more =
        curve.rowCountToHalveInterval.map { "; half the interval takes about \(Int($0.rounded())) firms" } ?? ""
      return "learning curve of \(candidate.name) (\(curve.metric.title)): \(points.joined(separator: ", "))\(more)"
    }
  }

  private static func text(_ metric: Metric) -> String {
    metric.interval.map(intervalText) ?? text(metric.value, 3)
  }

  static func intervalText(_ interval: IntervalEstimate) -> String {
    "\(text(interval.value, 3)) (\(text(interval.lower, 3)) to \(text(interval.upper, 3)))"
  }

  static func pValueText(_ p: Double) -> String { p < 0.001 ? "<0.001" : text(p, 3) }

  /// A number with a fixed count of decimals, the minus sign of typography, and no negative zero.
  public static func text(_ value: Double, _ decimals: Int, signed: Bool = false) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : value < 0 ? "−∞" : "∞" }
    let number = String(format: "%.\(decimals)f", abs(value))
    let isZero = !number.utf8.contains { $0 >= UInt8(ascii: "1") && $0 <= UInt8(ascii: "9") }
    return (value < 0 && !isZero ? "−" : signed && !isZero ? "+" : "") + number
  }

  /// Columns padded to their widest cell, the first one to the left.
  static func aligned(_ rows: [[String]]) -> [String] {
    guard let columnCount = rows.map(\.count).max() else { return [] }
    let widths = (0..<columnCount).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + padding : padding + cell
      }
      var line = "  " + cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  /// One line per candidate, outcome and metric, and one per difference: every number at full precision.
  public func csv() -> String {
    var text = "outcome,candidate,reference,group,metric,value,standardError,lower,upper,level,method,pValue\n"
    func line(
      _ outcome: String, _ candidate: String, _ reference: String, _ group: String, _ metric: String, _ value: Double,
      _ interval: IntervalEstimate?, _ method: String, _ pValue: Double?
    ) {
      let names = [outcome, candidate, reference, group, metric].map(DelimitedText.quoted)
      let numbers = [interval?.standardError, interval?.lower, interval?.upper, interval?.level]
      text += names.joined(separator: ",") + ",\(value),"
      text += numbers.map { $0.map { "\($0)" } ?? "" }.joined(separator: ",")
      text += ",\(method),\(pValue.map { "\($0)" } ?? "")\n"
    }
    for outcome in outcomes {
      for candidate in outcome.candidates {
        for metric in candidate.metrics {
          line(
            outcome.name, candidate.name, "", "", metric.metric.rawValue, metric.value, metric.interval,
            metric.method.rawValue, nil)
        }
        let names = outcome.kind == .binary ? ("auc", "logLoss") : ("rSquared", "meanSquaredError")
        for group in candidate.groups {
          let label = "\(group.column)=\(group.name)"
          if let discrimination = group.discrimination {
            line(
              outcome.name, candidate.name, "", label, names.0, discrimination.value, discrimination, "pooledRows", nil)
          }
          line(outcome.name, candidate.name, "", label, names.1, group.loss, nil, "pointOnly", nil)
        }
      }
      for difference in outcome.differences {
        line(
          outcome.name, difference.candidate, difference.reference, "", difference.metric.rawValue,
          difference.interval.value, difference.interval, "pairedDifference", difference.pValue)
      }
    }
    return text
  }

  /// The whole result, keys in order; infinities are written as the strings `"inf"` and `"-inf"`.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(self)
  }

  /// Reads what ``json()`` wrote.
  public init(json data: Data) throws {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    self = try decoder.decode(BenchmarkResult.self, from: data)
  }
}
