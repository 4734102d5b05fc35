import Foundation

/// Standard error: messages, warnings, and progress, which is shown on a terminal only.
enum Console {
  static func message(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  static func warning(_ text: String) { message("warning: " + text) }

  static func error(_ text: String) {
    clearProgress()
    message("error: " + text)
  }

  /// Whether standard error is a terminal.
  static let isTerminal = isatty(STDERR_FILENO) == 1

  /// Replaces the line of progress; nothing when standard error is not a terminal.
  static func progress(_ text: String) {
    guard isTerminal else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
  }

  static func clearProgress() {
    guard isTerminal else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
  }
}
