import Foundation
import Testing

/// Texts that were read and approved. A run with `INNOV4SME_RECORD_GOLDEN=1` writes them anew, and fails.
enum GoldenFile {
  static func expect(_ text: String, is name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden/\(name)")
    let text = text.hasSuffix("\n") ? text : text + "\n"
    if ProcessInfo.processInfo.environment["INNOV4SME_RECORD_GOLDEN"] == "1" {
      try text.write(to: file, atomically: true, encoding: .utf8)
      Issue.record("recorded \(name); read it, then run without recording", sourceLocation: sourceLocation)
      return
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    guard text != expected else { return }
    let (now, then) = (
      text.split(separator: "\n", omittingEmptySubsequences: false),
      expected.split(separator: "\n", omittingEmptySubsequences: false)
    )
    let line = zip(now, then).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(now.count, then.count)
    Issue.record(
      """
      \(name), line \(line + 1):
      expected: \(line < then.count ? String(then[line]) : "(end)")
      is:       \(line < now.count ? String(now[line]) : "(end)")
      """, sourceLocation: sourceLocation)
  }
}
