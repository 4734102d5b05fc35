import CapabilityScoring
import Foundation

/// The map of capabilities as one inline SVG element, without any reference to the outside.
///
/// Places come from ``CapabilityAtlas``; colour and shape say with which goals a capability goes, size how many points one
/// step of it goes with, the ellipse where 90 % of bootstrap samples of firms would place it, and a line joins the members
/// of a cluster to its centre.
public struct CapabilityMapChart {
  /// What is drawn at a place of the atlas.
  public struct Mark: Sendable {
    public var name: String
    /// `nil` for a capability without an uplift.
    public var space: CapabilitySpace?
    /// The share of replicates that agree with `space`.
    public var agreement: Double
    /// Of the chance of both (or of the only goal), in probability.
    public var uplift: Double?

    public init(name: String, space: CapabilitySpace?, agreement: Double, uplift: Double?) {
      self.name = name
      self.space = space
      self.agreement = agreement
      self.uplift = uplift
    }
  }

  let atlas: CapabilityAtlas
  /// One per place of the atlas.
  let marks: [Mark]
  let size = (width: 900.0, height: 640.0)

  public init(atlas: CapabilityAtlas, marks: [Mark]) {
    precondition(marks.count == atlas.places.count, "\(marks.count) marks for \(atlas.places.count) places")
    self.atlas = atlas
    self.marks = marks
  }

  /// Colours that colour-blind readers tell apart (Okabe and Ito 2008); the shape says the same on a black-and-white print.
  static func colour(_ space: CapabilitySpace?) -> String {
    switch space {
    case .both: "#009E73"
    case .innovationOnly: "#0072B2"
    case .exportOnly: "#D55E00"
    case .neither, nil: "#7A7A7A"
    }
  }

  static func shape(_ space: CapabilitySpace?, x: Double, y: Double, radius: Double, opacity: Double) -> String {
    let place = BenchmarkMarkup.coordinate
    let look = "fill=\"\(colour(space))\" fill-opacity=\"\(place(opacity))\" stroke=\"#fff\" stroke-width=\"1\""
    func polygon(_ corners: [(Double, Double)]) -> String {
      let points = corners.map { "\(place(x + radius * $0.0)),\(place(y + radius * $0.1))" }.joined(separator: " ")
      return "<polygon points=\"\(points)\" \(look)/>\n"
    }
    switch space {
    case .both: return "<circle cx=\"\(place(x))\" cy=\"\(place(y))\" r=\"\(place(radius))\" \(look)/>\n"
    case .innovationOnly: return polygon([(0, -1.2), (1.1, 0.8), (-1.1, 0.8)])
    case .exportOnly: return polygon([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    case .neither, nil: return polygon([(0, -1.1), (1.1, 0), (0, 1.1), (-1.1, 0)])
    }
  }

  public var svg: String {
    let frame = Frame(atlas: atlas, width: size.width, height: size.height)
    let place = BenchmarkMarkup.coordinate
    var body = ""
    for index in atlas.places.indices { body += ellipse(atlas.places[index], frame) }
    for (index, cluster) in atlas.clusters.enumerated() where cluster.members.count > 1 {
      let points = atlas.places.filter { $0.cluster == index }.map { frame.point($0.x, $0.y) }
      let centre = (
        points.reduce(0) { $0 + $1.0 } / Double(points.count), points.reduce(0) { $0 + $1.1 } / Double(points.count)
      )
      for point in points {
        body += "<line x1=\"\(place(centre.0))\" y1=\"\(place(centre.1))\" x2=\"\(place(point.0))\" "
        body += "y2=\"\(place(point.1))\" stroke=\"#999\" stroke-width=\"1\"/>\n"
      }
    }
    let largest = marks.compactMap(\.uplift).max() ?? 0
    var labels = LabelPlacement(width: size.width, height: size.height)
    var dots: [(x: Double, y: Double, radius: Double)] = []
    for (own, mark) in zip(atlas.places, marks) {
      let (x, y) = frame.point(own.x, own.y)
      // Area by uplift.
      let radius = 4 + 9 * (largest > 0 ? max(mark.uplift ?? 0, 0) / largest : 0).squareRoot()
      dots.append((x, y, radius))
      labels.occupy(x: x, y: y, radius: radius)
    }
    for (dot, mark) in zip(dots, marks) {
      body += Self.shape(
        mark.space, x: dot.x, y: dot.y, radius: dot.radius,
        opacity: mark.space == nil ? 0.6 : 0.35 + 0.65 * mark.agreement)
    }
    for (dot, mark) in zip(dots, marks) { body += labels.text(mark.name, x: dot.x, y: dot.y, radius: dot.radius) }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(place(size.width)) \(place(size.height))" role="img" \
      font-family="system-ui, DejaVu Sans, sans-serif" font-size="12">
      <title>Map of capabilities</title>
      \(body)</svg>

      """
  }

  /// Where 90 % of a normal distribution of that spread lie: `√χ²₂(0.9) = 2.146` deviations.
  private func ellipse(_ own: CapabilityAtlas.Place, _ frame: Frame) -> String {
    let (xx, xy, yy) = (own.spread[0], own.spread[1], own.spread[2])
    let (half, difference) = ((xx + yy) / 2, (xx - yy) / 2)
    let root = (difference * difference + xy * xy).squareRoot()
    guard half + root > 0 else { return "" }
    let radii = [half + root, max(half - root, 0)].map { 2.146 * $0.squareRoot() * frame.scale }
    // The page's y runs down.
    let angle = -0.5 * atan2(2 * xy, xx - yy) * 180 / .pi
    let (x, y) = frame.point(own.x, own.y)
    let place = BenchmarkMarkup.coordinate
    return "<ellipse rx=\"\(place(radii[0]))\" ry=\"\(place(radii[1]))\" fill=\"#888\" fill-opacity=\"0.08\" "
      + "transform=\"translate(\(place(x)) \(place(y))) rotate(\(place(angle)))\"/>\n"
  }
}

/// From the plane of the atlas to the page, distances kept.
private struct Frame {
  let scale: Double
  private let centre: (Double, Double)
  private let middle: (Double, Double)

  init(atlas: CapabilityAtlas, width: Double, height: Double) {
    let margin = (x: 110.0, y: 40.0)
    let (xs, ys) = (atlas.places.map(\.x), atlas.places.map(\.y))
    let (left, right) = (xs.min() ?? 0, xs.max() ?? 0)
    let (low, high) = (ys.min() ?? 0, ys.max() ?? 0)
    centre = ((left + right) / 2, (low + high) / 2)
    middle = (width / 2, height / 2)
    scale = min(
      (width - 2 * margin.x) / max(right - left, 1e-9), (height - 2 * margin.y) / max(high - low, 1e-9), 1e6)
  }

  func point(_ x: Double, _ y: Double) -> (Double, Double) {
    (middle.0 + scale * (x - centre.0), middle.1 - scale * (y - centre.1))
  }
}
