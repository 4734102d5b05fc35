import Synchronization

/// Counts pieces of work that end on any thread, and reports each new percent.
final class ProgressCounter: Sendable {
  private let done = Atomic<Int>(0)
  private let total: Int
  private let report: @Sendable (Double) -> Void

  init(total: Int, report: @escaping @Sendable (Double) -> Void) {
    self.total = total
    self.report = report
  }

  func advance() {
    let count = done.wrappingAdd(1, ordering: .relaxed).newValue
    if count * 100 / total != (count - 1) * 100 / total { report(Double(count) / Double(total)) }
  }
}
