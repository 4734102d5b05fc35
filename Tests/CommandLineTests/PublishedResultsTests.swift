import Foundation
import Testing

/// README says what the files of results say.
@Suite struct PublishedResultsTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let python = ["/usr/bin/python3", "/usr/local/bin/python3", "/opt/homebrew/bin/python3"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  private static func check(_ folder: URL) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(python))
    process.arguments = [
      root.appendingPathComponent("Benchmarks/Scripts/results_page.py").path, "--check", "--readme", "--root",
      folder.path,
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  @Test(.enabled(if: python != nil, "needs python3"))
  func readmeAndResultsAgree() throws {
    let result = try Self.check(Self.root)
    #expect(result.code == 0, "run Benchmarks/Scripts/results_page.py; \(result.output)")
  }

  /// The check above can fail: one digit of a quoted figure, or of a result, is enough.
  @Test(.enabled(if: python != nil, "needs python3"))
  func oneDigitIsEnough() throws {
    let copy = try Tool().folder
    let files = FileManager.default
    try files.createDirectory(at: copy.appendingPathComponent("Benchmarks"), withIntermediateDirectories: true)
    for name in ["README.md", "Benchmarks/Results"] {
      try files.copyItem(at: Self.root.appendingPathComponent(name), to: copy.appendingPathComponent(name))
    }
    #expect(try Self.check(copy).code == 0)
    for (name, start) in [
      ("README.md", "<!-- table: "), ("Benchmarks/Results/heldout.json", "log_loss"),
    ] {
      let file = copy.appendingPathComponent(name)
      let text = try String(contentsOf: file, encoding: .utf8)
      let from = try #require(text.range(of: start)).upperBound
      let digit = try #require(text[from...].range(of: #"0\.[0-9]{3}"#, options: .regularExpression))
      let last = text.index(before: digit.upperBound)
      var changed = text
      changed.replaceSubrange(last..<digit.upperBound, with: text[last] == "9" ? "1" : "9")
      try changed.write(to: file, atomically: true, encoding: .utf8)
      let result = try Self.check(copy)
      #expect(result.code == 1 && !result.output.isEmpty, "\(name)")
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try Self.check(copy).code == 0)
  }
}
