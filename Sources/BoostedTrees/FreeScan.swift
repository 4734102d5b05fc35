/// The search for the best split of numeric columns of one node where leaf values are free: no bounds, no `l1`.
///
/// With `a` and `b` the second derivatives of the two children, `l2` included in each, `T = a + b` and `G` the node's
/// gradient, what a split brings is
///
/// ```
/// g² / a + (G − g)² / b  =  G² / T + T u² / (a b),      u = g − (G / T) a
/// ```
///
/// so that only the score `u² / (a b)` differs between splits, and `x / y > t` is `x > t y`: no division but where a
/// split is better than the best. Everything is in the units of the whole-number sums. Both directions of missing values
/// run in the two lanes of a vector; without missing values two boundaries do.
struct FreeScan {
  private let total: Sums
  private let hessianMask: Int64
  private let hessianBits: Int64
  /// The smallest count, as a packed sum.
  private let minimumPacked: Int64
  private let minimumHessian: Double
  private let l2: Double
  /// `T` and `G / T`.
  private let denominator: Double
  private let ratio: Double
  /// `gain = gainScale · score + gainOffset`.
  private let gainScale: Double
  private let gainOffset: Double

  init(_ objective: LeafObjective, total: Sums, parentReduction: Double) {
    let scales = objective.scales
    self.total = total
    hessianMask = scales.hessianMask
    hessianBits = scales.hessianBits
    minimumPacked = objective.minimumCount << scales.hessianBits
    minimumHessian = objective.minimumHessian / scales.hessian
    l2 = objective.l2 / scales.hessian
    let gradient = Double(total.x)
    denominator = Double(total.y & scales.hessianMask) + 2 * l2
    ratio = denominator > 0 ? gradient / denominator : 0
    let unit = scales.gradient * scales.gradient / scales.hessian
    gainScale = 0.5 * unit * denominator
    gainOffset = 0.5 * unit * gradient * ratio - parentReduction
  }

  /// The score of a gain, for gains found otherwise.
  func score(ofGain gain: Double) -> Double { gainScale > 0 ? max(0, (gain - gainOffset) / gainScale) : .infinity }

  /// Improves `best`, whose score is set, by splits of a column.
  @inline(__always)
  func find<Cell: HistogramCell>(
    _ cells: UnsafePointer<Cell>, valueBinCount: Int, hasMissing: Bool, slot: Int, finder: SplitFinder,
    best: inout SplitCandidate
  ) {
    let missing = hasMissing ? cells[valueBinCount].sums : Sums()
    let found =
      missing.y == 0
      ? scan(cells, valueBinCount: valueBinCount, above: best.score)
      : scan(cells, valueBinCount: valueBinCount, missing: missing, above: best.score)
    let gain = gainScale * found.score + gainOffset
    guard found.boundary >= 0, gain > best.gain else { return }
    best.score = found.score
    var next = found.boundary + 1
    while next < valueBinCount, cells[next].sums.y == 0 { next += 1 }
    finder.record(
      boundary: found.boundary, nextUsedBin: next, valueBinCount: valueBinCount, left: found.left,
      gain: gain, totalCount: total.y >> hessianBits, slot: slot,
      missingGoesLeft: missing.y == 0 ? nil : found.missingGoesLeft, best: &best)
  }

  private struct Found {
    var score: Double
    var boundary = -1
    var missingGoesLeft = false
    var left = Sums()
  }

  /// Missing values right in the first lane, the last boundary being "answered or not"; left in the second.
  @inline(__always)
  private func scan<Cell: HistogramCell>(
    _ cells: UnsafePointer<Cell>, valueBinCount: Int, missing: Sums, above score: Double
  ) -> Found {
    var found = Found(score: score)
    let missingHessian = Double(missing.y & hessianMask)
    let hessianShift = SIMD2<Double>(0, missingHessian)
    let gradientShift = SIMD2<Double>(0, Double(missing.x) - ratio * missingHessian)
    let totals = SIMD2<Double>(repeating: denominator)
    let leastLeft = minimumPacked &- missing.y
    let mostLeft = total.y &- minimumPacked
    var bar = SIMD2<Double>(repeating: score * SplitCandidate.margin)
    var packedLeft = Cell()
    for boundary in 0..<valueBinCount {
      packedLeft = packedLeft &+ cells[boundary]
      let left = packedLeft.sums
      if left.y < leastLeft { continue }
      if left.y > mostLeft { break }
      let hessian = Double(left.y & hessianMask) + l2
      let deviation = Double(left.x) - ratio * hessian
      let a = SIMD2<Double>(repeating: hessian) + hessianShift
      let u = SIMD2<Double>(repeating: deviation) + gradientShift
      let product = a * (totals - a)
      let square = u * u
      let mask = square .> bar * product
      if !any(mask) { continue }
      for lane in 0..<2 where square[lane] > bar[lane] * product[lane] {
        let sums = lane == 0 ? left : left &+ missing
        guard isAllowed(sums, a[lane], product[lane]) else { continue }
        found = Found(
          score: square[lane] / product[lane], boundary: boundary, missingGoesLeft: lane == 1, left: sums)
        bar = SIMD2(repeating: found.score * SplitCandidate.margin)
      }
    }
    return found
  }

  /// Two boundaries at a time.
  @inline(__always)
  private func scan<Cell: HistogramCell>(
    _ cells: UnsafePointer<Cell>, valueBinCount: Int, above score: Double
  ) -> Found {
    var found = Found(score: score)
    let totals = SIMD2<Double>(repeating: denominator)
    let mostLeft = total.y &- minimumPacked
    var bar = SIMD2<Double>(repeating: score * SplitCandidate.margin)
    var packedLeft = Cell()
    var boundary = 0
    let count = valueBinCount &- 1
    while boundary < count {
      let packedFirst = packedLeft &+ cells[boundary]
      // The last of an odd number comes twice, which is not better than once.
      let step = boundary &+ 1 < count ? 1 : 0
      packedLeft = step == 1 ? packedFirst &+ cells[boundary &+ 1] : packedFirst
      let first = packedFirst.sums
      let left = packedLeft.sums
      if left.y >= minimumPacked {
        if first.y > mostLeft { break }
        let a = SIMD2<Double>(Double(first.y & hessianMask), Double(left.y & hessianMask)) + l2
        let u = SIMD2<Double>(Double(first.x), Double(left.x)) - ratio * a
        let product = a * (totals - a)
        let square = u * u
        if any(square .> bar * product) {
          for lane in 0..<2 where square[lane] > bar[lane] * product[lane] {
            let sums = lane == 0 ? first : left
            guard isAllowed(sums, a[lane], product[lane]) else { continue }
            found = Found(score: square[lane] / product[lane], boundary: boundary &+ lane &* step, left: sums)
            bar = SIMD2(repeating: found.score * SplitCandidate.margin)
          }
        }
      }
      boundary &+= 2
    }
    return found
  }

  @inline(__always)
  private func isAllowed(_ left: Sums, _ hessian: Double, _ product: Double) -> Bool {
    product > 0 && left.y >= minimumPacked && total.y &- left.y >= minimumPacked && hessian - l2 >= minimumHessian
      && denominator - hessian - l2 >= minimumHessian
  }
}
