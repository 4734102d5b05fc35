import Foundation
import SurveyData

/// `SurveyReaderBenchmark FILE [THREADS [DUMP]]`: reads a survey file once and prints the seconds that it took (elapsed and
/// of all processors), the process's peak memory and the size of the table as JSON. With DUMP, writes all numbers there, column after column, as raw doubles.
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
    let (start, processorStart) = (clock.now, processorSeconds())
    let table = try SurveyReader.read(arguments[1], options: options)
    let seconds = (clock.now - start) / .seconds(1)
    let processor = processorSeconds() - processorStart
    print(
      "{\"seconds\": \(seconds), \"processor_seconds\": \(processor), \"peak_memory_bytes\": \(peakMemory()), "
        + "\"rows\": \(table.rowCount), \"columns\": \(table.columns.count)}")
    guard arguments.count > 3 else { return }
    try Data().write(to: URL(fileURLWithPath: arguments[3]))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: arguments[3]))
    for column in table.columns {
      guard case .numbers(let numbers) = column.values else { continue }
      try file.write(contentsOf: numbers.withUnsafeBytes { Data($0) })
    }
  }

  private static func usage() -> rusage {
    var usage = rusage()
    // RUSAGE_SELF, whose type differs between the platforms.
    getrusage(0, &usage)
    return usage
  }

  private static func processorSeconds() -> Double {
    let usage = usage()
    return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
  }

  /// In bytes. On Linux from /proc, because there the figure of `getrusage` includes the process that launched this one.
  private static func peakMemory() -> Int {
    if let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = Int(line.filter(\.isNumber))
    {
      return kilobytes * 1024
    }
    return usage().ru_maxrss
  }
}
