import ArgumentParser
import CapabilityScoring
import Foundation
import StatisticalLearning
import SurveyData

/// A failure as the user sees it: one message, and the exit code of its kind (`sysexits.h`).
struct CommandFailure: Error, Equatable {
  enum Code: Int32 {
    case gateNotMet = 1
    case usage = 64
    case data = 65
    case missingInput = 66
    case inputOutput = 74
  }

  let code: Code
  let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// Errors of the argument parser: it words them itself, with the usage and exit code 64.
  static func isUsage(_ error: any Error) -> Bool {
    error is CleanExit || error is ValidationError || error is ExitCode
      || String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
  }

  /// The failure of any other error: of the file system by its cause, of anything else as bad data.
  init(describing error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as SurveyReadError: self.init(Self.code(of: error), error.description)
    case let error as RowFilter.FilterError: self.init(.usage, error.description)
    case let error as SimulationError: self.init(.usage, error.description)
    case TrainingError.invalidParameter: self.init(.usage, "\(error)")
    default:
      let cocoa = error as NSError
      if cocoa.domain == NSCocoaErrorDomain || cocoa.domain == NSPOSIXErrorDomain {
        let isMissing = [CocoaError.fileNoSuchFile.rawValue, CocoaError.fileReadNoSuchFile.rawValue]
          .contains(cocoa.code)
        self.init(isMissing ? .missingInput : .inputOutput, cocoa.localizedDescription)
      } else {
        self.init(.data, String(describing: error))
      }
    }
  }

  private static func code(of error: SurveyReadError) -> Code {
    switch error {
    case .missingFile: .missingInput
    case .unreadableFile: .inputOutput
    case .invalidOption: .usage
    default: .data
    }
  }
}
