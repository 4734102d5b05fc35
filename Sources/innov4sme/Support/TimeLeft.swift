import Foundation
import Synchronization

/// Progress with the time that is left, on a terminal only: at most ten lines a second.
final class TimeLeft: Sendable {
  private let started = Date()
  private let last = Mutex(Date.distantPast)

  func show(_ completed: Int, of total: Int, _ what: String) {
    guard Console.isTerminal, completed > 0 else { return }
    let now = Date()
    let isDue = last.withLock { last in
      guard now.timeIntervalSince(last) > 0.1 || completed == total else { return false }
      last = now
      return true
    }
    guard isDue else { return }
    let elapsed = now.timeIntervalSince(started)
    let left = elapsed / Double(completed) * Double(total - completed)
    Console.progress(
      "\(completed) of \(total) fits (\(what)), " + (elapsed < 2 ? "…" : "about \(Self.text(left)) left"))
  }

  static func text(_ seconds: Double) -> String {
    let seconds = Int(seconds.rounded(.up))
    if seconds < 60 { return "\(seconds) s" }
    let minutes = (seconds + 30) / 60
    return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }
}
