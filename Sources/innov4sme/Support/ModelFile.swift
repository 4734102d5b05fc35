import CapabilityScoring
import Foundation
import SurveyData

/// Model files.
enum ModelFile {
  static func write(_ predictor: SurveyPredictor, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    try ResultFile.write(try encoder.encode(predictor), to: path)
  }

  static func read(_ path: String) throws -> SurveyPredictor {
    guard FileManager.default.fileExists(atPath: path) else {
      throw CommandFailure(.missingInput, "\(path): there is no such file; expected a model that 'train' wrote")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure(.inputOutput, "\(path) can't be opened")
    }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do { return try decoder.decode(SurveyPredictor.self, from: data) } catch {
      throw CommandFailure(.data, "\(path) is not a model that 'innov4sme train' wrote")
    }
  }
}

/// Results on standard output, or in a file that is whole or not there.
enum ResultFile {
  static func write(_ data: Data, to path: String) throws {
    do { try data.write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
      throw CommandFailure(.inputOutput, "\(path) can't be written: \((error as NSError).localizedDescription)")
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
