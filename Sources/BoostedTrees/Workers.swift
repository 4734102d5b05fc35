import StatisticalLearning

/// Threads within one fit, for loops that are long enough to be worth a fork and a join (some tens of microseconds).
struct Workers: Sendable {
  let threadCount: Int
  /// What multiplies the shortest run; tests make it tiny, so that small tables are cut too.
  let grain: Double

  @TaskLocal static var grain = 1.0

  init(threadCount: Int) {
    self.threadCount = threadCount
    grain = Self.grain
  }

  /// Into how many runs a loop is cut.
  ///
  /// - Parameter minimum: The shortest run that takes about half a millisecond.
  func runCount(_ count: Int, minimum: Int) -> Int { max(1, min(threadCount, count / max(scaled(minimum), 1))) }

  func scaled(_ amount: Int) -> Int { Int(Double(amount) * grain) }

  /// Calls `body` with runs that cover `0..<count`, and the index of each. What it computes must not depend on where the
  /// runs begin.
  @inline(__always)
  func forRuns(_ count: Int, minimum: Int, _ body: @Sendable (_ run: Int, _ range: Range<Int>) -> Void) {
    let runs = runCount(count, minimum: minimum)
    if runs == 1 { return body(0, 0..<count) }
    Parallel.forEach(count: runs, threadCount: runs) { run in
      body(run, count * run / runs..<count * (run + 1) / runs)
    }
  }
}

/// A pointer that several threads may use, each for elements of its own.
struct Shared<Value>: @unchecked Sendable {
  let value: Value

  init(_ value: Value) { self.value = value }
}
