import Dispatch
import Foundation
import Synchronization

/// Independent work spread over threads; the results are in the order of the indices, so they do not depend on the
/// number of threads.
public enum Parallel {
  /// The threads that the machine runs at once.
  public static var defaultThreadCount: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// The results of `body(0) … body(count − 1)`, computed on at most `threadCount` threads.
  ///
  /// Work is handed out one index at a time, so uneven pieces balance. When pieces throw, the error of the smallest
  /// index is thrown, after all have ended. OpenBLAS should run on one thread inside `body`: see ``LinearAlgebra``.
  public static func map<Value: Sendable, Failure: Error>(
    count: Int, threadCount: Int = Parallel.defaultThreadCount,
    _ body: @Sendable (Int) throws(Failure) -> Value
  ) throws(Failure) -> [Value] {
    if count <= 1 || threadCount <= 1 {
      var values: [Value] = []
      values.reserveCapacity(count)
      for index in 0..<count { values.append(try body(index)) }
      return values
    }
    let slots = Slots<Result<Value, Failure>>(count: count)
    let nextIndex = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(threadCount, count)) { _ in
      while true {
        let index = nextIndex.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { break }
        slots.set(index, Result { () throws(Failure) in try body(index) })
      }
    }
    var values: [Value] = []
    values.reserveCapacity(count)
    for result in slots.take() { values.append(try result.get()) }
    return values
  }

  /// Calls `body(0) … body(count − 1)` on at most `threadCount` threads, and returns when all have ended.
  public static func forEach(
    count: Int, threadCount: Int = Parallel.defaultThreadCount, _ body: @Sendable (Int) -> Void
  ) {
    if count <= 1 || threadCount <= 1 {
      for index in 0..<count { body(index) }
      return
    }
    let nextIndex = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(threadCount, count)) { _ in
      while true {
        let index = nextIndex.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { break }
        body(index)
      }
    }
  }
}

/// One place per result. Each is written by one thread, before the join that precedes reading.
private final class Slots<Value: Sendable>: @unchecked Sendable {
  private let storage: UnsafeMutableBufferPointer<Value?>

  init(count: Int) {
    storage = .allocate(capacity: count)
    storage.initialize(repeating: nil)
  }

  deinit {
    storage.deinitialize()
    storage.deallocate()
  }

  func set(_ index: Int, _ value: Value) { storage[index] = value }

  func take() -> [Value] { storage.map { $0! } }
}
