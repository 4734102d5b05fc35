import Foundation

/// A chart with two linear axes, as one inline SVG element without any reference to the outside.
struct BenchmarkChart {
  let title: String
  let width: Double
  let height: Double
  private let margin = (left: 54.0, right: 14.0, top: 10.0, bottom: 42.0)
  private let xRange: ClosedRange<Double>
  private let yRange: ClosedRange<Double>
  private var body = ""
  /// Keeps the clip path of each chart of a page apart.
  private let identifier: String

  init(
    title: String, identifier: String, width: Double = 330, height: Double = 280, x: ClosedRange<Double>,
    y: ClosedRange<Double>, xTitle: String, yTitle: String
  ) {
    self.title = title
    self.identifier = identifier
    self.width = width
    self.height = height
    xRange = x
    yRange = y
    let right = width - margin.right
    let bottom = height - margin.bottom
    for tick in Self.ticks(xRange) {
      let place = BenchmarkMarkup.coordinate(self.x(tick))
      body += "<line class=\"grid\" x1=\"\(place)\" y1=\"\(margin.top)\" x2=\"\(place)\" y2=\"\(bottom)\"/>\n"
      body += "<text x=\"\(place)\" y=\"\(bottom + 15)\" text-anchor=\"middle\">\(Self.label(tick, xRange))</text>\n"
    }
    for tick in Self.ticks(yRange) {
      let place = BenchmarkMarkup.coordinate(self.y(tick))
      body += "<line class=\"grid\" x1=\"\(margin.left)\" y1=\"\(place)\" x2=\"\(right)\" y2=\"\(place)\"/>\n"
      body += "<text x=\"\(margin.left - 6)\" y=\"\(place)\" dy=\"0.35em\" text-anchor=\"end\">"
      body += "\(Self.label(tick, yRange))</text>\n"
    }
    let middle = BenchmarkMarkup.coordinate((margin.left + right) / 2)
    body += "<text class=\"axis\" x=\"\(middle)\" y=\"\(height - 6)\" text-anchor=\"middle\">"
    body += "\(BenchmarkMarkup.escaped(xTitle))</text>\n"
    let centre = BenchmarkMarkup.coordinate((margin.top + bottom) / 2)
    body += "<text class=\"axis\" transform=\"translate(13 \(centre)) rotate(-90)\" text-anchor=\"middle\">"
    body += "\(BenchmarkMarkup.escaped(yTitle))</text>\n"
    body += "<clipPath id=\"\(identifier)\"><rect x=\"\(margin.left)\" y=\"\(margin.top)\" "
    body += "width=\"\(right - margin.left)\" height=\"\(bottom - margin.top)\"/></clipPath>\n"
    body += "<g clip-path=\"url(#\(identifier))\">\n"
  }

  private func x(_ value: Double) -> Double {
    margin.left + (value - xRange.lowerBound) / (xRange.upperBound - xRange.lowerBound)
      * (width - margin.left - margin.right)
  }

  private func y(_ value: Double) -> Double {
    let inside = height - margin.top - margin.bottom
    return margin.top + (yRange.upperBound - value) / (yRange.upperBound - yRange.lowerBound) * inside
  }

  private func point(_ x: Double, _ y: Double) -> String {
    // Far outside, a point is only a direction: huge coordinates draw nothing in some readers.
    let place = (min(max(self.x(x), -1e4), 1e4), min(max(self.y(y), -1e4), 1e4))
    return "\(BenchmarkMarkup.coordinate(place.0)),\(BenchmarkMarkup.coordinate(place.1))"
  }

  /// A line through points; points that are not finite are left out.
  mutating func line(_ points: [(Double, Double)], stroke: (colour: String, dashes: String), width: Double = 1.8) {
    let path = points.filter { $0.0.isFinite && $0.1.isFinite }.map { point($0.0, $0.1) }.joined(separator: " ")
    body += "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(stroke.colour)\" stroke-width=\"\(width)\" "
    body += "stroke-dasharray=\"\(stroke.dashes)\"/>\n"
  }

  /// The area between two curves over the same `x`.
  mutating func band(_ points: [(x: Double, lower: Double, upper: Double)], colour: String) {
    let finite = points.filter { $0.lower.isFinite && $0.upper.isFinite }
    let path = finite.map { point($0.x, $0.upper) } + finite.reversed().map { point($0.x, $0.lower) }
    body += "<polygon points=\"\(path.joined(separator: " "))\" fill=\"\(colour)\" fill-opacity=\"0.15\"/>\n"
  }

  /// A point with its interval in the direction of `y`.
  mutating func errorBar(x: Double, value: Double, lower: Double, upper: Double, colour: String) {
    line([(x, lower), (x, upper)], stroke: (colour, "none"), width: 1.2)
    let place = point(x, value).split(separator: ",")
    body += "<circle cx=\"\(place[0])\" cy=\"\(place[1])\" r=\"3\" fill=\"\(colour)\"/>\n"
  }

  /// The finished element.
  var svg: String {
    "<svg viewBox=\"0 0 \(BenchmarkMarkup.coordinate(width)) \(BenchmarkMarkup.coordinate(height))\" role=\"img\">\n"
      + "<title>\(BenchmarkMarkup.escaped(title))</title>\n\(body)</g>\n</svg>\n"
  }

  /// Four to seven round numbers inside the range.
  static func ticks(_ range: ClosedRange<Double>) -> [Double] {
    let step = step(range)
    let first = (range.lowerBound / step - 1e-9).rounded(.up)
    let last = (range.upperBound / step + 1e-9).rounded(.down)
    guard last >= first else { return [] }
    return (0...Int(last - first)).map { (first + Double($0)) * step }
  }

  private static func step(_ range: ClosedRange<Double>) -> Double {
    let span = range.upperBound - range.lowerBound
    let raw = span / 5
    let power = pow(10, log10(raw).rounded(.down))
    return ([1, 2, 2.5, 5, 10].first { $0 * power >= raw * 0.999 } ?? 10) * power
  }

  private static func label(_ value: Double, _ range: ClosedRange<Double>) -> String {
    let step = step(range)
    var decimals = 0
    while decimals < 6, abs(step * pow(10, Double(decimals)) - (step * pow(10, Double(decimals))).rounded()) > 1e-6 {
      decimals += 1
    }
    let sign = value < -step / 1e6 ? "−" : ""
    return sign + String(format: "%.\(decimals)f", abs(value))
  }

  /// A range that holds the values with a margin, and is never empty.
  static func range(of values: [Double], including: [Double] = []) -> ClosedRange<Double> {
    let finite = (values + including).filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return 0...1 }
    let extra = high > low ? (high - low) * 0.06 : max(abs(high) * 0.1, 0.05)
    return (low - extra)...(high + extra)
  }
}
