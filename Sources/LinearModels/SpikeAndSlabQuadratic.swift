import Foundation
import StatisticalLearning

/// The quadratic `r·c − ½ cᵀHc` that stands for the log-likelihood of a ``SpikeAndSlabRegression``, in two forms: of all
/// columns (the intercept first), and of the *terms*, in which the columns of a learned scale are one.
final class SpikeAndSlabQuadratic {
  /// A learned scale: features of as many levels share what each of their levels is worth.
  struct Scale {
    /// Terms, numbered from 1.
    var members: [Int] = []
    /// What each level adds, as a multiple of the mean level's: they average 1.
    var levels: [Double]
  }

  /// One coefficient of the sampler: a column, or a feature with a learned scale.
  private struct Term {
    var column: Int
    var scale: Int?
    /// Columns of the steps from the second level upwards, and their deviations over that of `column`.
    var steps: [(column: Int, ratio: Double)] = []
  }

  let design: StandardizedDesign
  private let targets: [Double]
  private let isBinary: Bool
  /// Term 0 is the intercept, at column 0.
  private let terms: [Term]
  private(set) var scales: [Scale] = []
  /// Of the rows' log-odds, the points that the quadratic is expanded around.
  var means: [Double]
  var variances: [Double]

  let termCount: Int
  private let columnCount: Int
  private let columnGram: UnsafeMutablePointer<Double>
  private let columnLinear: UnsafeMutablePointer<Double>
  private let scaled: UnsafeMutablePointer<Double>
  /// H and r of the terms, and `r − H b`.
  let gram: UnsafeMutablePointer<Double>
  let linear: UnsafeMutablePointer<Double>
  let gradient: UnsafeMutablePointer<Double>
  let b: UnsafeMutablePointer<Double>
  private let work: UnsafeMutablePointer<Double>

  /// - Parameter steps: Per feature, the features that are the steps of its scale; empty for a feature that is a term by
  ///   itself, `nil` for a step of another.
  init(design: StandardizedDesign, targets: [Double], isBinary: Bool, steps: [[Int]?]) {
    self.design = design
    self.targets = targets
    self.isBinary = isBinary
    var terms = [Term(column: 0)]
    var scales: [Scale] = []
    for (feature, own) in steps.enumerated() {
      guard let own else { continue }
      var term = Term(column: feature + 1)
      if !own.isEmpty, design.scales[feature] > 0 {
        let index = scales.firstIndex { $0.levels.count == own.count + 1 } ?? scales.count
        if index == scales.count { scales.append(Scale(levels: [Double](repeating: 1, count: own.count + 1))) }
        scales[index].members.append(terms.count)
        term.scale = index
        term.steps = own.map { ($0 + 1, design.scales[$0] / design.scales[feature]) }
      }
      terms.append(term)
    }
    self.terms = terms
    self.scales = scales
    termCount = terms.count
    columnCount = design.columnCount + 1
    func buffer(_ size: Int) -> UnsafeMutablePointer<Double> {
      let buffer = UnsafeMutablePointer<Double>.allocate(capacity: max(size, 1))
      buffer.initialize(repeating: 0, count: max(size, 1))
      return buffer
    }
    columnGram = buffer(columnCount * columnCount)
    columnLinear = buffer(columnCount)
    scaled = buffer(design.rowCount * columnCount)
    gram = buffer(termCount * termCount)
    linear = buffer(termCount)
    gradient = buffer(termCount)
    b = buffer(termCount)
    work = buffer(columnCount)
    let mean = zip(design.weights, targets).reduce(0) { $0 + $1.0 * $1.1 }
    b[0] = isBinary ? logit(min(max(mean, 0.01), 0.99)) : mean
    means = [Double](repeating: b[0], count: design.rowCount)
    variances = [Double](repeating: isBinary ? 0.5 : 0, count: design.rowCount)
    expand()
  }

  deinit { for buffer in [columnGram, columnLinear, scaled, gram, linear, gradient, b, work] { buffer.deallocate() } }

  /// The column of a term; 0 is the intercept's.
  func column(ofTerm term: Int) -> Int { terms[term].column }

  // MARK: The likelihood

  /// Makes H and r at the rows' means and variances.
  func expand() {
    let n = design.rowCount
    let p = design.columnCount
    var working = [Double](repeating: 0, count: n)
    for i in 0..<n {
      let weight = design.weights[i] * design.totalWeight
      var curvature = 1.0
      working[i] = weight * targets[i]
      if isBinary {
        let shrinkage = 1 / (1 + .pi / 8 * variances[i]).squareRoot()
        let probability = sigmoid(means[i] * shrinkage)
        curvature = max(shrinkage * probability * (1 - probability), 1e-8)
        let offset = design.offsets?[i] ?? 0
        working[i] = weight * (targets[i] - probability + curvature * (means[i] - offset))
      }
      let root = (weight * curvature).squareRoot()
      scaled[i] = root
      for j in 0..<p { scaled[(j + 1) * n + i] = root * design.columns[j * n + i] }
    }
    DenseKernels.gram(
      scaled, rowCount: n, columnCount: columnCount, leading: n, into: columnGram, leadingC: columnCount)
    for column in 0..<columnCount {
      for row in (column + 1)..<max(columnCount, column + 1) {
        columnGram[row * columnCount + column] = columnGram[column * columnCount + row]
      }
    }
    working.withUnsafeBufferPointer { working in
      columnLinear[0] = working.reduce(0, +)
      DenseKernels.multiply(
        design.columns, rowCount: n, columnCount: p, leading: n, transposed: true, working.baseAddress!,
        into: columnLinear + 1)
    }
    for term in 0..<termCount { contract(term, all: true) }
    refreshGradient()
  }

  func refreshGradient() {
    gradient.update(from: linear, count: termCount)
    DenseKernels.multiply(
      gram, rowCount: termCount, columnCount: termCount, leading: termCount, transposed: false, alpha: -1, b, beta: 1,
      into: gradient)
  }

  func set(_ term: Int, to value: Double) {
    let change = value - b[term]
    guard change != 0 else { return }
    DenseKernels.add(termCount, -change, gram + term * termCount, to: gradient)
    b[term] = value
  }

  // MARK: Scales

  /// What a unit of a term adds to each of its columns.
  private func forEachColumn(of term: Int, _ body: (_ column: Int, _ share: Double) -> Void) {
    guard let scale = terms[term].scale else { return body(terms[term].column, 1) }
    let levels = scales[scale].levels
    body(terms[term].column, levels[0])
    for (level, step) in terms[term].steps.enumerated() {
      body(step.column, step.ratio * (levels[level + 1] - levels[0]))
    }
  }

  /// Row and column of a term in H, and its place in r, at the scales' levels.
  private func contract(_ term: Int, all: Bool) {
    work.update(repeating: 0, count: columnCount)
    linear[term] = 0
    forEachColumn(of: term) { column, share in
      guard share != 0 else { return }
      DenseKernels.add(columnCount, share, columnGram + column * columnCount, to: work)
      linear[term] += share * columnLinear[column]
    }
    for other in 0..<termCount {
      var sum = 0.0
      if terms[other].scale == nil {
        sum = work[terms[other].column]
      } else {
        forEachColumn(of: other) { column, share in sum += share * work[column] }
      }
      gram[term * termCount + other] = sum
      if !all { gram[other * termCount + term] = sum }
    }
  }

  /// Draws the levels of every scale given the coefficients, then divides them by their mean, which the coefficients take
  /// over. Before the data a scale has equal levels with probability one half; otherwise each is normal(1,
  /// `deviation`²), above 0.
  func drawScales(precision: Double, deviation: Double, generator: inout CounterBasedGenerator) {
    for index in scales.indices { drawScale(index, precision: precision, deviation: deviation, generator: &generator) }
    guard !scales.isEmpty else { return }
    for scale in scales { for term in scale.members { contract(term, all: false) } }
    refreshGradient()
  }

  private func drawScale(
    _ index: Int, precision: Double, deviation: Double, generator: inout CounterBasedGenerator
  ) {
    let members = scales[index].members.filter { b[$0] != 0 }
    let count = scales[index].levels.count
    // What a unit of each level adds to the columns' coefficients.
    var directions = [[(column: Int, value: Double)]](repeating: [], count: count)
    for term in members {
      directions[0].append((terms[term].column, b[term]))
      for (level, step) in terms[term].steps.enumerated() {
        directions[0].append((step.column, -b[term] * step.ratio))
        directions[level + 1].append((step.column, b[term] * step.ratio))
      }
    }
    // The log-likelihood is `slope·δ − ½ δᵀ curvature δ` in the levels' differences δ from 1.
    let coefficients = columnCoefficients()
    var curvature = [Double](repeating: 0, count: count * count)
    var slope = [Double](repeating: 0, count: count)
    for level in 0..<count {
      work.update(repeating: 0, count: columnCount)
      for (column, value) in directions[level] {
        DenseKernels.add(columnCount, value, columnGram + column * columnCount, to: work)
        slope[level] += value * columnLinear[column]
      }
      for column in 0..<columnCount { slope[level] -= coefficients[column] * work[column] }
      for other in 0..<count {
        curvature[level * count + other] =
          precision * directions[other].reduce(0) { $0 + $1.value * work[$1.column] }
      }
      slope[level] *= precision
      for other in 0..<count {
        slope[level] += curvature[level * count + other] * (scales[index].levels[other] - 1)
      }
    }
    let variance = deviation * deviation
    guard generator.uniform() < sigmoid(Self.logEvidence(slope, curvature, variance: variance)) else {
      for level in 0..<count { scales[index].levels[level] = 1 }
      return
    }
    for _ in 0..<2 {
      for level in 0..<count {
        let total = curvature[level * count + level] + 1 / variance
        var gradient = slope[level]
        for other in 0..<count where other != level {
          gradient -= curvature[level * count + other] * (scales[index].levels[other] - 1)
        }
        scales[index].levels[level] = max(
          generator.positiveNormal(mean: 1 + gradient / total, deviation: 1 / total.squareRoot()), 1e-6)
      }
    }
    let mean = scales[index].levels.reduce(0, +) / Double(count)
    for level in 0..<count { scales[index].levels[level] /= mean }
    for term in members { b[term] *= mean }
  }

  /// The log of how much likelier the data are with `δ` normal(0, `variance`) than with 0: `−½ log|I + v C| + ½ v sᵀ (I + v
  /// C)⁻¹ s`, by Cholesky's decomposition. The bound of levels at 0 is left aside.
  private static func logEvidence(_ slope: [Double], _ curvature: [Double], variance: Double) -> Double {
    let count = slope.count
    var factor = curvature.map { variance * $0 }
    var solved = slope
    var value = 0.0
    for j in 0..<count {
      var pivot = factor[j * count + j] + 1
      for k in 0..<j { pivot -= factor[j * count + k] * factor[j * count + k] }
      guard pivot > 0 else { return 0 }
      let root = pivot.squareRoot()
      factor[j * count + j] = root
      for i in (j + 1)..<max(count, j + 1) {
        for k in 0..<j { factor[i * count + j] -= factor[i * count + k] * factor[j * count + k] }
        factor[i * count + j] /= root
      }
      for k in 0..<j { solved[j] -= factor[j * count + k] * solved[k] }
      solved[j] /= root
      value += 0.5 * variance * solved[j] * solved[j] - log(root)
    }
    return value
  }

  /// The coefficients of all columns, the intercept first.
  func columnCoefficients() -> [Double] {
    var coefficients = [Double](repeating: 0, count: columnCount)
    for term in 0..<termCount where b[term] != 0 {
      let value = b[term]
      forEachColumn(of: term) { coefficients[$0] = value * $1 }
    }
    return coefficients
  }

  /// The rows' log-odds without offsets, *n* × *draws*, for coefficients of all columns laid out draw by draw.
  func scores(_ coefficients: [Double]) -> [Double] {
    let n = design.rowCount
    let count = coefficients.count / columnCount
    var scores = [Double](repeating: 0, count: n * count)
    for draw in 0..<count { for i in 0..<n { scores[draw * n + i] = coefficients[draw * columnCount] } }
    guard n > 0, count > 0, design.columnCount > 0 else { return scores }
    coefficients.withUnsafeBufferPointer { coefficients in
      scores.withUnsafeMutableBufferPointer { scores in
        DenseKernels.multiply(
          design.columns, leadingA: n, transposedA: false, coefficients.baseAddress! + 1, leadingB: columnCount,
          transposedB: false, rowCount: n, columnCount: count, innerCount: design.columnCount, beta: 1,
          into: scores.baseAddress!, leadingC: n)
      }
    }
    return scores
  }
}
