import Foundation
import SurveyData

/// `SurveyReaderBenchmark FILE [THREADS [DUMP]]`: reads a survey file once and prints the seconds that it took and the
/// size of the table as JSON. With DUMP, writes all numbers there, column after column, as raw doubles.
@main
enum SurveyReaderBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 1 else {
      FileHandle.standardError.write(Data("usage: SurveyReaderBenchmark FILE [THREADS [DUMP]]\n".utf8))
      exit(64)
    }
    var options = SurveyReader.Options()
    if arguments.count > 2, let threads = Int(arguments[2]) { options.threadCount = threads }
    let clock = ContinuousClock()
    let start = clock.now
    let table = try SurveyReader.read(arguments[1], options: options)
    let seconds = (clock.now - start) / .seconds(1)
    print("{\"seconds\": \(seconds), \"rows\": \(table.rowCount), \"columns\": \(table.columns.count)}")
    guard arguments.count > 3 else { return }
    try Data().write(to: URL(fileURLWithPath: arguments[3]))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: arguments[3]))
    for column in table.columns {
      guard case .numbers(let numbers) = column.values else { continue }
      try file.write(contentsOf: numbers.withUnsafeBytes { Data($0) })
    }
  }
}
