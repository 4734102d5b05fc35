import CapabilityScoring
import Foundation
import ModelFormats

/// Model files on disk.
enum ModelFile {
  static func write(_ predictor: SurveyPredictor, to path: String, form: ScoringInputForm = .matrix) throws {
    do {
      try ResultFile.write(try SurveyModelFile.encoded(predictor, form: form), to: path)
    } catch let error as ModelFileError {
      throw CommandFailure(.data, "the model can't be written: \(error)")
    }
  }

  static func data(_ path: String) throws -> Data {
    guard FileManager.default.fileExists(atPath: path) else {
      throw CommandFailure(.missingInput, "\(path): there is no such file; expected a model that 'train' wrote")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure(.inputOutput, "\(path) can't be opened")
    }
    return data
  }

  /// The model of another tool, `nil` when 'train' wrote it.
  static func imported(_ path: String) throws -> ImportedModel? {
    let data = try data(path)
    do {
      if case .imported(let model) = try ModelFileContent.read(data) { return model }
      return nil
    } catch {
      throw CommandFailure(.data, "\(path) can't be used as a model: \(error)")
    }
  }

  static func read(_ path: String) throws -> SurveyPredictor {
    let data = try data(path)
    do { return try SurveyModelFile.read(data) } catch {
      throw CommandFailure(.data, "\(path) can't be used as a model: \(error)")
    }
  }
}
