import StatisticalLearning

/// What a leaf must have, and what its value costs.
struct LeafObjective {
  var l1: Double
  var l2: Double
  var minimumGain: Double
  var minimumCount: Int64
  var minimumHessian: Double
  var categorySmoothing: Double
  var scales = SumScales()

  init(_ parameters: BoostingParameters, _ data: BinnedDataset, _ scales: SumScales) {
    l1 = parameters.l1
    l2 = parameters.l2
    minimumGain = parameters.minimumGain
    // Real weights are rounded to fixed point: a leaf that has just enough must not fail by that.
    let slack = data.realWeights == nil ? 1 : 0.999
    minimumCount = max(1, Int64((Double(parameters.minimumRowsPerLeaf) * data.countScale * slack).rounded()))
    minimumHessian = parameters.minimumHessianPerLeaf
    categorySmoothing = parameters.categorySmoothing
    self.scales = scales
  }

  @inline(__always)
  func thresholded(_ gradient: Double) -> Double {
    if l1 == 0 { return gradient }
    return gradient > l1 ? gradient - l1 : gradient < -l1 ? gradient + l1 : 0
  }

  /// The value that minimises the objective of a leaf within its bounds.
  @inline(__always)
  func value(_ gradient: Double, _ hessian: Double, _ bounds: ValueBounds) -> Double {
    let denominator = hessian + l2
    guard denominator > 0 else { return bounds.clamp(0) }
    return bounds.clamp(-thresholded(gradient) / denominator)
  }

  /// By how much a leaf of this value lowers the objective.
  @inline(__always)
  func reduction(_ gradient: Double, _ hessian: Double, at value: Double) -> Double {
    -(gradient * value + 0.5 * (hessian + l2) * value * value + l1 * abs(value))
  }

  /// The same at the best unbounded value.
  @inline(__always)
  func reduction(_ gradient: Double, _ hessian: Double) -> Double {
    let g = thresholded(gradient)
    let denominator = hessian + l2
    return denominator > 0 ? 0.5 * g * g / denominator : 0
  }
}

/// Between which values a leaf must stay so that a monotone direction holds.
struct ValueBounds: Equatable {
  var lower = -Double.infinity
  var upper = Double.infinity

  var isFree: Bool { lower == -.infinity && upper == .infinity }
  @inline(__always) func clamp(_ value: Double) -> Double { max(lower, min(upper, value)) }
}

/// The best split of a node so far.
struct SplitCandidate {
  /// By what factor a split must be better than one before it, so that of splits that are equal but for rounding (the
  /// same rows on the other side, say) the first by name is taken.
  static let margin = 1 + 1e-7

  /// Reduction of the objective; 0 when there is no split.
  var gain = 0.0
  /// The same on the scale of ``FreeScan``.
  var score = 0.0
  /// Position in the list of the tree's columns.
  var slot = -1
  /// The last value bin on the left, of a numeric column.
  var boundary = 0
  var missingGoesLeft = false
  /// The bins on the left, of a categorical column.
  var leftBins: [UInt16]?
  var left = Sums()

  var isValid: Bool { slot >= 0 }
}

/// Finds the best split of one column from its histogram.
struct SplitFinder {
  let objective: LeafObjective

  /// Improves `best` by splits of a numeric column, leaf values within bounds. Where they are free, ``FreeScan`` is the
  /// quick way.
  ///
  /// - Parameters:
  ///   - cells: The sums of each value bin, then of the missing bin when there is one.
  ///   - parentReduction: What the node brings as a leaf.
  @inline(__always)
  func findNumeric(
    _ cells: UnsafePointer<Sums>, valueBinCount: Int, hasMissing: Bool, total: Sums, bounds: ValueBounds,
    direction: Int, parentReduction: Double, slot: Int, best: inout SplitCandidate
  ) -> Bool {
    let before = best.gain
    let missing = hasMissing ? cells[valueBinCount] : Sums()
    if missing.y == 0 {
      // Nobody's answer is missing here: a later one follows the heavier side.
      scan(
        cells, start: Sums(), boundaryCount: valueBinCount - 1, total: total, bounds: bounds, direction: direction,
        parentReduction: parentReduction, slot: slot, missingGoesLeft: nil, best: &best)
    } else {
      // Missing right, the last boundary being "answered or not"; then missing left.
      scan(
        cells, start: Sums(), boundaryCount: valueBinCount, total: total, bounds: bounds, direction: direction,
        parentReduction: parentReduction, slot: slot, missingGoesLeft: false, best: &best)
      scan(
        cells, start: missing, boundaryCount: valueBinCount - 1, total: total, bounds: bounds, direction: direction,
        parentReduction: parentReduction, slot: slot, missingGoesLeft: true, best: &best)
    }
    return best.gain > before
  }

  /// - Parameter next: The first bin after the boundary that is in use; `valueBinCount` when there is none.
  func record(
    boundary: Int, nextUsedBin next: Int, valueBinCount: Int, left: Sums, gain: Double, totalCount: Int64,
    slot: Int, missingGoesLeft: Bool?, best: inout SplitCandidate
  ) {
    best.gain = gain
    best.slot = slot
    best.leftBins = nil
    best.left = left
    let leftCount = objective.scales.count(left)
    best.missingGoesLeft = missingGoesLeft ?? (leftCount > totalCount &- leftCount)
    // Between two bins in use any boundary separates the same rows: take the middle one.
    best.boundary = next < valueBinCount ? boundary + (next - 1 - boundary) / 2 : valueBinCount - 1
  }

  @inline(__always)
  private func scan(
    _ cells: UnsafePointer<Sums>, start: Sums, boundaryCount: Int, total: Sums, bounds: ValueBounds, direction: Int,
    parentReduction: Double, slot: Int, missingGoesLeft: Bool?, best: inout SplitCandidate
  ) {
    let scales = objective.scales
    let minimumCount = objective.minimumCount
    let minimumHessian = objective.minimumHessian
    let totalCount = scales.count(total)
    let totalGradient = scales.gradient(total)
    let totalDenominator = scales.hessian(total) + 2 * objective.l2
    let meanSlope = totalDenominator > 0 ? totalGradient / totalDenominator : 0
    let isScreened = objective.l1 == 0 && totalDenominator > 0
    var threshold = max(best.gain * SplitCandidate.margin, objective.minimumGain) + parentReduction
    var left = start
    var bestBoundary = -1
    var bestLeft = Sums()
    for boundary in 0..<max(boundaryCount, 0) {
      let cell = cells[boundary]
      if cell.y == 0 { continue }
      left = left &+ cell
      let count = scales.count(left)
      if count < minimumCount { continue }
      if totalCount &- count < minimumCount || totalCount == count { break }
      let leftGradient = scales.gradient(left)
      let leftHessian = scales.hessian(left)
      let rightGradient = totalGradient - leftGradient
      let rightHessian = scales.hessian(total &- left)
      if leftHessian < minimumHessian || rightHessian < minimumHessian { continue }
      if isScreened {
        // Bounds can't bring more than free values do, which ``FreeScan`` compares without a division.
        let a = leftHessian + objective.l2
        let deviation = leftGradient - meanSlope * a
        let needed = (2 * threshold - totalGradient * meanSlope) * a * (totalDenominator - a)
        if totalDenominator * deviation * deviation * (1 + 1e-9) < needed { continue }
      }
      let leftValue = objective.value(leftGradient, leftHessian, bounds)
      let rightValue = objective.value(rightGradient, rightHessian, bounds)
      if Double(direction) * (rightValue - leftValue) < 0 { continue }
      let reduction =
        objective.reduction(leftGradient, leftHessian, at: leftValue)
        + objective.reduction(rightGradient, rightHessian, at: rightValue)
      if reduction > threshold {
        threshold = reduction
        bestBoundary = boundary
        bestLeft = left
      }
    }
    guard bestBoundary >= 0 else { return }
    let valueBinCount = missingGoesLeft == false ? boundaryCount : boundaryCount + 1
    var next = bestBoundary + 1
    while next < valueBinCount, cells[next].y == 0 { next += 1 }
    record(
      boundary: bestBoundary, nextUsedBin: next, valueBinCount: valueBinCount,
      left: bestLeft, gain: threshold - parentReduction, totalCount: totalCount, slot: slot,
      missingGoesLeft: missingGoesLeft, best: &best)
  }

  /// Improves `best` by splits of a categorical column: one level against the rest where levels are few, and prefixes
  /// of the levels ordered by their smoothed ratio of sums (Fisher 1958: for squared loss the best of all sets is one
  /// of these). A missing answer counts as one more level.
  func findCategorical(
    _ cells: UnsafePointer<Sums>, valueBinCount: Int, missingBin: Int, hasMissing: Bool, total: Sums,
    bounds: ValueBounds, parentReduction: Double, slot: Int, best: inout SplitCandidate
  ) -> Bool {
    let before = best.gain
    let scales = objective.scales
    var used = (0..<valueBinCount).filter { cells[$0].y != 0 }
    if hasMissing, cells[missingBin].y != 0 { used.append(missingBin) }
    guard !used.isEmpty else { return false }
    let totalCount = scales.count(total)

    func consider(_ left: Sums, _ objective: LeafObjective, _ bins: @autoclosure () -> [Int]) {
      let right = total &- left
      let leftCount = scales.count(left)
      let rightCount = scales.count(right)
      guard leftCount >= objective.minimumCount, rightCount >= objective.minimumCount, leftCount > 0, rightCount > 0
      else { return }
      let leftHessian = scales.hessian(left)
      let rightHessian = scales.hessian(right)
      guard leftHessian >= objective.minimumHessian, rightHessian >= objective.minimumHessian else { return }
      let leftGradient = scales.gradient(left)
      let rightGradient = scales.gradient(right)
      let leftValue = objective.value(leftGradient, leftHessian, bounds)
      let rightValue = objective.value(rightGradient, rightHessian, bounds)
      let gain =
        objective.reduction(leftGradient, leftHessian, at: leftValue)
        + objective.reduction(rightGradient, rightHessian, at: rightValue) - parentReduction
      guard gain > max(best.gain * SplitCandidate.margin, objective.minimumGain) else { return }
      best.gain = gain
      best.slot = slot
      best.left = left
      best.boundary = 0
      let chosen = bins()
      best.leftBins = chosen.map { UInt16($0) }
      best.missingGoesLeft = hasMissing && chosen.contains(missingBin)
    }

    // A level that training never saw follows the rest.
    for bin in used where used.count <= 8 || bin == missingBin { consider(cells[bin], objective, [bin]) }
    guard used.count > 3 else { return best.gain > before }
    var smoothed = objective
    smoothed.l2 += objective.categorySmoothing
    func ratio(_ bin: Int) -> Double {
      let denominator = scales.hessian(cells[bin]) + objective.categorySmoothing
      return denominator > 0 ? scales.gradient(cells[bin]) / denominator : 0
    }
    let ratios = used.map(ratio)
    let order = used.indices.sorted { (ratios[$0], used[$0]) < (ratios[$1], used[$1]) }.map { used[$0] }
    var left = Sums()
    for (position, bin) in order.enumerated().dropLast() {
      left = left &+ cells[bin]
      // The lighter side is the set, so that an unseen level goes with the heavier one.
      if 2 * scales.count(left) <= totalCount {
        consider(left, smoothed, Array(order[...position]))
      } else {
        consider(total &- left, smoothed, Array(order[(position + 1)...]))
      }
    }
    return best.gain > before
  }
}
