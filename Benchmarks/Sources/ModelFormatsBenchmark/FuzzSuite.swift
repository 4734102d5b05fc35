import Foundation
import ModelFormats

/// Damages model files and uses each as `inspect` and `predict` would, all in this process.
///
/// Mutation `i` depends on the seed, `i` and the files alone, so any can be made again (`--first i --count 1`). A trap
/// ends the process; the number of the mutation stands in the progress file. What is measured of each: its time, and the
/// memory that the process took beyond what it had, in blocks of mutations whose worst is then looked at one by one.
struct FuzzSuite {
  private let seeds: [(name: String, data: Data)]
  private var count = 10_000
  private var seed: UInt64 = 1
  private var first = 0
  private var seconds = Double.infinity
  private var progressPath: String?

  init(folder: String, options: [String]) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().filter {
      ["onnx", "txt", "json", "ubj"].contains(($0 as NSString).pathExtension) && !$0.hasPrefix("cases")
        && !$0.hasPrefix("versions")
    }
    seeds = try names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0))) }
    for index in stride(from: 0, to: options.count, by: 2) {
      let value = options[index + 1]
      switch options[index] {
      case "--count": count = Int(value) ?? count
      case "--seed": seed = UInt64(value) ?? seed
      case "--first": first = Int(value) ?? first
      case "--seconds": seconds = Double(value) ?? seconds
      case "--progress": progressPath = value
      default: FileHandle.standardError.write(Data("option \(options[index]) is not known\n".utf8))
      }
    }
  }

  private struct Report: Encodable {
    var mutations = 0
    var usable = 0
    var usableByFile: [String: Int] = [:]
    var seconds = 0.0
    var processorSeconds = 0.0
    var slowestSeconds = 0.0
    var slowest = 0
    var overOneSecond: [Int] = []
    /// Beyond what the process had before, over the size of the file; above a floor of 4 MB for allocator and parser.
    var largestMemoryFactor = 0.0
    var largestMemoryBytes = 0
    var overTenTimes: [Int] = []
    var largestFileBytes = 0
    var residentBytesAtEnd = 0
  }

  private func mutation(_ index: Int) -> (source: Int, data: Data) {
    var mutator = ModelFileMutator(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(index))
    let source = index % seeds.count
    return (source, mutator.mutation(of: seeds[source].data, other: seeds[(index / seeds.count) % seeds.count].data))
  }

  func run() throws {
    guard !seeds.isEmpty else { throw CocoaError(.fileReadNoSuchFile) }
    var report = Report()
    let clock = ContinuousClock()
    let start = clock.now
    let memory = ResidentMemory()
    let progress = progressPath.map { ProgressFile(path: $0) }
    let block = 256
    var index = first
    while index < first + count {
      let end = min(index + block, first + count)
      memory.reset()
      let before = memory.current
      var smallest = Int.max
      for number in index..<end {
        progress?.write(number)
        let (source, data) = mutation(number)
        smallest = min(smallest, max(data.count, 1))
        report.largestFileBytes = max(report.largestFileBytes, data.count)
        // Processor time: the machine may have other work.
        let started = Self.processorSeconds
        let isUsable = ModelFileExercise.run(data)
        let seconds = Self.processorSeconds - started
        if isUsable {
          report.usable += 1
          report.usableByFile[seeds[source].name, default: 0] += 1
        }
        if seconds > report.slowestSeconds { (report.slowestSeconds, report.slowest) = (seconds, number) }
        if seconds > 1 { report.overOneSecond.append(number) }
      }
      report.mutations += end - index
      let taken = memory.peak - before
      if taken > Self.floor + 10 * smallest { inspectBlock(index..<end, memory, &report) }
      index = end
      if (clock.now - start) / .seconds(1) > seconds { break }
    }
    report.seconds = (clock.now - start) / .seconds(1)
    report.processorSeconds = Self.processorSeconds
    report.residentBytesAtEnd = memory.current
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    print(String(decoding: try encoder.encode(report), as: UTF8.self))
  }

  private static let floor = 4 << 20

  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Which of a block's mutations took the memory.
  private func inspectBlock(_ block: Range<Int>, _ memory: ResidentMemory, _ report: inout Report) {
    for index in block {
      let (_, data) = mutation(index)
      memory.reset()
      let before = memory.current
      _ = ModelFileExercise.run(data)
      let taken = memory.peak - before
      guard taken > Self.floor else { continue }
      let factor = Double(taken - Self.floor) / Double(max(data.count, 1))
      report.largestMemoryBytes = max(report.largestMemoryBytes, taken)
      report.largestMemoryFactor = max(report.largestMemoryFactor, factor)
      if factor > 10 { report.overTenTimes.append(index) }
    }
  }
}

/// The number of the mutation at work, for whoever finds the process dead.
final class ProgressFile {
  private let descriptor: Int32

  init(path: String) { descriptor = open(path, O_CREAT | O_WRONLY, 0o644) }

  func write(_ number: Int) {
    var number = Int64(number)
    pwrite(descriptor, &number, 8, 0)
  }
}

/// Resident memory of this process, from Linux's `/proc`; 0 elsewhere.
struct ResidentMemory {
  /// Starts the peak anew.
  func reset() {
    let descriptor = open("/proc/self/clear_refs", O_WRONLY)
    guard descriptor >= 0 else { return }
    _ = "5".withCString { write(descriptor, $0, 1) }
    close(descriptor)
  }

  var current: Int { bytes("VmRSS:") }
  var peak: Int { bytes("VmHWM:") }

  private func bytes(_ key: String) -> Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix(key) })
    else { return 0 }
    return (Int(line.filter(\.isNumber)) ?? 0) * 1024
  }
}
