import ModelEvaluation

/// Estimates with intervals, one per line, under a common axis: a forest plot.
struct BenchmarkForest {
  struct Entry {
    var label: String
    var interval: IntervalEstimate
    var stroke: (colour: String, dashes: String)
  }

  var title: String
  var xTitle: String
  var entries: [Entry]
  /// Where a line marks "no difference" or "chance"; `nil` for none.
  var reference: Double?
  var decimals = 3
  var signed = false

  func svg(width: Double = 490) -> String {
    let longest = entries.map { $0.label.count }.max() ?? 0
    let left = min(max(Double(longest) * 6.4 + 12, 60), 210)
    let right = 178.0
    let rowHeight = 22.0
    let top = 8.0
    let bottom = top + rowHeight * Double(entries.count)
    let height = bottom + 40
    let range = BenchmarkChart.range(
      of: Self.comparable(entries, reference).flatMap { [$0.interval.lower, $0.interval.upper, $0.interval.value] },
      including: reference.map { [$0] } ?? [])
    func x(_ value: Double) -> Double {
      let place = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
      return left + min(max(place, 0), 1) * (width - left - right)
    }
    let point = BenchmarkMarkup.coordinate
    var text = "<svg viewBox=\"0 0 \(point(width)) \(point(height))\" role=\"img\">\n"
    text += "<title>\(BenchmarkMarkup.escaped(title))</title>\n"
    for tick in BenchmarkChart.ticks(range) {
      let place = point(x(tick))
      text += "<line class=\"grid\" x1=\"\(place)\" y1=\"\(point(top))\" x2=\"\(place)\" y2=\"\(point(bottom))\"/>\n"
      text += "<text x=\"\(place)\" y=\"\(point(bottom + 14))\" text-anchor=\"middle\">"
      text += "\(BenchmarkMarkup.escaped(tickLabel(tick, range)))</text>\n"
    }
    if let reference {
      let place = point(x(reference))
      text += "<line x1=\"\(place)\" y1=\"\(point(top))\" x2=\"\(place)\" y2=\"\(point(bottom))\" stroke=\"#333\"/>\n"
    }
    for (index, entry) in entries.enumerated() {
      let middle = top + rowHeight * (Double(index) + 0.5)
      let interval = entry.interval
      let isOutside = interval.value < range.lowerBound || interval.value > range.upperBound
      text += "<text x=\"\(point(left - 8))\" y=\"\(point(middle))\" dy=\"0.35em\" text-anchor=\"end\">"
      text += "\(BenchmarkMarkup.escaped(Self.shortened(entry.label)))</text>\n"
      text += "<line x1=\"\(point(x(interval.lower)))\" y1=\"\(point(middle))\" x2=\"\(point(x(interval.upper)))\" "
      text += "y2=\"\(point(middle))\" stroke=\"\(entry.stroke.colour)\" stroke-width=\"1.6\"/>\n"
      if isOutside {
        text += Self.arrow(x(interval.value), middle, isLeft: interval.value < range.lowerBound, entry.stroke.colour)
      } else {
        text += "<circle cx=\"\(point(x(interval.value)))\" cy=\"\(point(middle))\" r=\"3.6\" "
        text += "fill=\"\(entry.stroke.colour)\"/>\n"
      }
      let numbers = [interval.value, interval.lower, interval.upper].map {
        BenchmarkResult.text($0, decimals, signed: signed)
      }
      text += "<text x=\"\(point(width - right + 10))\" y=\"\(point(middle))\" dy=\"0.35em\">"
      text += "\(numbers[0]) (\(numbers[1]) to \(numbers[2]))</text>\n"
    }
    text += "<text class=\"axis\" x=\"\(point(left + (width - left - right) / 2))\" y=\"\(point(height - 6))\" "
    text += "text-anchor=\"middle\">\(BenchmarkMarkup.escaped(xTitle))</text>\n"
    return text + "</svg>\n"
  }

  /// The entries that the axis is made for: one that lies many times farther out than most (a base rate among models)
  /// would leave no room to tell the others apart, and is drawn as an arrow at the edge.
  static func comparable(_ entries: [Entry], _ reference: Double?) -> [Entry] {
    guard let reference, entries.count > 3 else { return entries }
    func extent(_ entry: Entry) -> Double {
      max(abs(entry.interval.lower - reference), abs(entry.interval.upper - reference))
    }
    let extents = entries.map(extent).filter(\.isFinite).sorted()
    guard !extents.isEmpty else { return entries }
    let limit = 4 * extents[extents.count / 2]
    return entries.filter { extent($0) <= limit || limit == 0 }
  }

  /// A triangle that points out of the chart.
  private static func arrow(_ x: Double, _ y: Double, isLeft: Bool, _ colour: String) -> String {
    let (tip, base) = isLeft ? (x, x + 8) : (x, x - 8)
    let corners = [(tip, y), (base, y - 4.5), (base, y + 4.5)].map {
      "\(BenchmarkMarkup.coordinate($0)),\(BenchmarkMarkup.coordinate($1))"
    }
    return "<polygon points=\"\(corners.joined(separator: " "))\" fill=\"\(colour)\"/>\n"
  }

  private func tickLabel(_ value: Double, _ range: ClosedRange<Double>) -> String {
    let span = range.upperBound - range.lowerBound
    return BenchmarkResult.text(value, span < 0.02 ? 4 : span < 0.2 ? 3 : span < 2 ? 2 : span < 20 ? 1 : 0)
  }

  private static func shortened(_ label: String) -> String { label.count <= 32 ? label : label.prefix(31) + "…" }
}
