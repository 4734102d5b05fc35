import BoostedTrees
import Foundation
import StatisticalLearning

extension BoostedTreesBenchmark {
  /// Seconds of a fit, the median of `repeats`, with the quality on fresh rows.
  static func fit(_ train: Dataset, test: Dataset, _ settings: Settings) throws {
    let learner = settings.learner(train)
    var walls: [Double] = []
    var processors: [Double] = []
    var model: BoostedTreesModel?
    for _ in 0..<settings.number("repeats", 1) {
      let clock = Clock()
      model = try learner.fit(train)
      let elapsed = clock.elapsed
      walls.append(elapsed.wall)
      processors.append(elapsed.processor)
    }
    let scores = model!.logOdds(for: test.matrix)
    report([
      ("seconds", median(walls)), ("processor_seconds", median(processors)),
      ("log_loss", logLoss(scores, test.targets)), ("auc", areaUnderCurve(scores, test.targets)),
      ("leaves", Double(model!.ensemble.trees.reduce(0) { $0 + $1.leafCount })),
    ])
  }

  /// Many fits of the same table with the weights in a file, one number per row and fit, and the mean log-loss of their
  /// models on fresh rows. Weights above 1 are those of a resample.
  static func batch(_ data: Dataset, weights path: String, test: Dataset, _ settings: Settings) throws {
    let weights = try Self.numbers(path)
    let replicates = stride(from: 0, to: weights.count, by: data.rowCount).map {
      let own = Array(weights[$0..<$0 + data.rowCount])
      return Replicate(weights: own, isResample: own.contains { $0 > 1 })
    }
    var learner = settings.learner(data)
    if !settings.names("leaves") { learner.parameters = nil }
    let clock = Clock()
    let models = try learner.fit(data, replicates: replicates)
    let elapsed = clock.elapsed
    let losses = models.map { logLoss($0.logOdds(for: test.matrix), test.targets) }
    report([
      ("seconds", elapsed.wall), ("processor_seconds", elapsed.processor), ("fits", Double(models.count)),
      ("trees", Double(models.reduce(0) { $0 + $1.ensemble.trees.count })),
      ("log_loss", losses.reduce(0, +) / Double(losses.count)),
    ])
  }

  /// A large fit on data made here, and the most memory that the process held.
  static func memory(rowCount: Int, columnCount: Int, _ settings: Settings) throws {
    let data = try simulated(rowCount: rowCount, columnCount: columnCount)
    let clock = Clock()
    let model = try settings.learner(data).fit(data)
    let elapsed = clock.elapsed
    var usage = rusage()
    #if os(Linux)
      getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
      let unit = 1024.0
    #else
      getrusage(RUSAGE_SELF, &usage)
      let unit = 1.0
    #endif
    report([
      ("seconds", elapsed.wall), ("processor_seconds", elapsed.processor),
      ("peak_bytes", Double(usage.ru_maxrss) * unit), ("table_bytes", Double(8 * rowCount * columnCount)),
      ("leaves", Double(model.ensemble.trees.reduce(0) { $0 + $1.leafCount })),
    ])
  }

  private static func simulated(rowCount: Int, columnCount: Int) throws -> Dataset {
    var targets = [Double](repeating: 0, count: rowCount)
    let elements = [Double](unsafeUninitializedCapacity: rowCount * columnCount) { buffer, count in
      let buffer = Pieces(buffer: buffer)
      Parallel.forEach(count: columnCount) { column in
        var generator = CounterBasedGenerator(seed: 1, purpose: "column", index: column)
        for row in 0..<rowCount {
          buffer.buffer.initializeElement(at: column * rowCount + row, to: generator.uniform())
        }
      }
      count = rowCount * columnCount
    }
    var generator = CounterBasedGenerator(seed: 1, purpose: "targets")
    for row in 0..<rowCount {
      let score = 3 * (elements[row] + elements[rowCount + row] * elements[2 * rowCount + row] - 0.75)
      targets[row] = generator.uniform() < sigmoid(score) ? 1 : 0
    }
    return try Dataset(
      matrix: Matrix(rowCount: rowCount, columnCount: columnCount, elements: elements), targets: targets)
  }
}

/// Memory of which each thread writes its own part.
private struct Pieces: @unchecked Sendable {
  let buffer: UnsafeMutableBufferPointer<Double>
}

func logLoss(_ logOdds: [Double], _ targets: [Double]) -> Double {
  let loss = LogisticLoss()
  return zip(logOdds, targets).reduce(0) { $0 + loss.value(rawScore: $1.0, target: $1.1) } / Double(targets.count)
}

/// The share of pairs of an outcome and a non-outcome that are in the right order, a tie counting half.
func areaUnderCurve(_ scores: [Double], _ targets: [Double]) -> Double {
  let order = scores.indices.sorted { scores[$0] < scores[$1] }
  var below = 0.0
  var sum = 0.0
  var start = 0
  while start < order.count {
    var end = start
    var positive = 0.0
    while end < order.count, scores[order[end]] == scores[order[start]] {
      positive += targets[order[end]]
      end += 1
    }
    let negative = Double(end - start) - positive
    sum += positive * (below + negative / 2)
    below += negative
    start = end
  }
  let positive = targets.reduce(0, +)
  return sum / (positive * (Double(targets.count) - positive))
}
