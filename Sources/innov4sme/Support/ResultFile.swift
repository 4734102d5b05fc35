import Foundation
import SurveyData

/// Results on standard output, or in a file that is whole or not there.
enum ResultFile {
  static func write(_ data: Data, to path: String) throws {
    do { try AtomicFile.write(data, to: path) } catch {
      throw CommandFailure(.inputOutput, "\(error)")
    }
  }

  static func emit(_ text: String, to path: String?) throws {
    let text = text.hasSuffix("\n") ? text : text + "\n"
    guard let path else {
      FileHandle.standardOutput.write(Data(text.utf8))
      return
    }
    try write(Data(text.utf8), to: path)
  }
}
