import Foundation

/// Writes result files so that a reader finds the old contents or the new ones, whole, and never a part.
public enum AtomicFile {
  /// Writes `bytes` to `path`: to a new file beside it first, which then takes its name.
  ///
  /// A symbolic link is followed; an existing file keeps its permissions. What is no regular file (`/dev/stdout`, a
  /// pipe) is written directly. On failure the new file is removed and the old one is as it was.
  /// - Throws: ``FileWriteError`` with the operating system's reason.
  public static func write(_ bytes: some ContiguousBytes, to path: String) throws(FileWriteError) {
    var target = path
    var mode: mode_t?
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { throw FileWriteError(file: path, reason: "it is a folder") }
      if status.st_mode & S_IFMT != S_IFREG {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .latest(path) }
        return try write(bytes, descriptor, path: path)
      }
      // An unwritable file is not to be replaced behind its owner's back.
      guard access(path, W_OK) == 0 else { throw .latest(path) }
      mode = status.st_mode & 0o7777
      if let resolved = realpath(path, nil) {
        target = String(cString: resolved)
        free(resolved)
      }
    }
    let (temporary, descriptor) = try create(beside: target, path: path)
    do throws(FileWriteError) {
      if let mode, fchmod(descriptor, mode) != 0 {
        let failure = FileWriteError.latest(path)
        close(descriptor)
        throw failure
      }
      try write(bytes, descriptor, path: path)
      guard rename(temporary, target) == 0 else { throw .latest(path) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Writes text as UTF-8.
  public static func write(_ text: String, to path: String) throws(FileWriteError) {
    try write(Array(text.utf8), to: path)
  }

  /// A file that did not exist before, in the folder of `target`.
  private static func create(
    beside target: String, path: String
  ) throws(FileWriteError) -> (name: String, descriptor: Int32) {
    for attempt in 0..<100 {
      let name = "\(target).\(getpid())-\(attempt).tmp"
      let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (name, descriptor) }
      guard errno == EEXIST else { break }
    }
    throw .latest(path)
  }

  /// Writes all, waits until it is stored, and closes.
  private static func write(
    _ bytes: some ContiguousBytes, _ descriptor: Int32, path: String
  ) throws(FileWriteError) {
    let failure = bytes.withUnsafeBytes { buffer -> FileWriteError? in
      var written = 0
      while written < buffer.count {
        let step = Foundation.write(descriptor, buffer.baseAddress! + written, buffer.count - written)
        if step < 0, errno == EINTR { continue }
        if step < 0 { return .latest(path) }
        written += step
      }
      // Pipes and terminals can't be synchronised; that is no failure.
      if fsync(descriptor) != 0, errno != EINVAL, errno != EROFS, errno != ENOTSUP { return .latest(path) }
      return nil
    }
    let closed = close(descriptor)
    if let failure { throw failure }
    if closed != 0 { throw .latest(path) }
  }
}

/// A result file that can't be written.
public struct FileWriteError: Error, Equatable, Sendable, CustomStringConvertible {
  public let file: String
  /// The operating system's message.
  public let reason: String

  public init(file: String, reason: String) {
    self.file = file
    self.reason = reason
  }

  static func latest(_ path: String) -> FileWriteError {
    FileWriteError(file: path, reason: String(cString: strerror(errno)))
  }

  public var description: String { "\(file) can't be written: \(reason)." }
}
