import Foundation
import Testing

/// Runs the scripts under `Reference/` where a Python with their packages is named by `INNOV4SME_PYTHON`.
enum PythonReference {
  static let interpreter = ProcessInfo.processInfo.environment["INNOV4SME_PYTHON"]
  static let absence: Comment = "INNOV4SME_PYTHON names no Python with onnx and onnxruntime"

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Reference")

  /// A new folder for the files of one test.
  static func scratch() throws -> URL {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("innov4sme-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }

  /// What a script prints, and its exit status.
  static func run(_ script: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: interpreter!)
    process.arguments = [folder.appendingPathComponent(script).path] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }
}
