/// Puts labels beside points where they cover least of what is already there: to the right, to the left, above or below.
struct LabelPlacement {
  let width: Double
  let height: Double
  private var boxes: [(left: Double, top: Double, right: Double, bottom: Double)] = []

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  mutating func occupy(x: Double, y: Double, radius: Double) {
    boxes.append((x - radius, y - radius, x + radius, y + radius))
  }

  /// A label of the point, which later ones avoid.
  mutating func text(_ label: String, x: Double, y: Double, radius: Double) -> String {
    // A letter is about half as wide as it is high.
    let (wide, high) = (6.4 * Double(label.count), 14.0)
    let gap = radius + 4
    let candidates: [(left: Double, top: Double)] = [
      (x + gap, y - high / 2), (x - gap - wide, y - high / 2), (x - wide / 2, y - gap - high), (x - wide / 2, y + gap),
      (x + gap, y - gap - high / 2), (x + gap, y + gap - high / 2), (x - gap - wide, y - gap - high / 2),
      (x - gap - wide, y + gap - high / 2),
    ]
    func cost(_ place: (left: Double, top: Double)) -> Double {
      let outside =
        max(0, -place.left) + max(0, place.left + wide - width) + max(0, -place.top)
        + max(0, place.top + high - height)
      return boxes.reduce(outside * 40) { sum, box in
        let across = min(box.right, place.left + wide) - max(box.left, place.left)
        let down = min(box.bottom, place.top + high) - max(box.top, place.top)
        return sum + (across > 0 && down > 0 ? across * down : 0)
      }
    }
    var best = (place: candidates[0], cost: cost(candidates[0]))
    for candidate in candidates.dropFirst() {
      let own = cost(candidate)
      if own < best.cost - 1e-9 { best = (candidate, own) }
    }
    boxes.append((best.place.left, best.place.top, best.place.left + wide, best.place.top + high))
    let coordinate = BenchmarkMarkup.coordinate
    return "<text x=\"\(coordinate(best.place.left))\" y=\"\(coordinate(best.place.top + 11))\" fill=\"#1a1a1a\">"
      + "\(BenchmarkMarkup.escaped(label))</text>\n"
  }
}
