import Foundation

/// The bytes of a file for as long as the object lives.
///
/// A regular file is mapped, so that pages which have been read can be handed back (``release(_:)``) and the memory in
/// use stays near that of the result. The file must not be cut short while it is read. A pipe is read to its end.
final class FileBytes: @unchecked Sendable {
  let bytes: UnsafeBufferPointer<UInt8>
  private let isMapped: Bool

  init(path: String) throws(SurveyReadError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.openingError(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.openingError(path) }
    if status.st_mode & S_IFMT == S_IFDIR { throw .directory(file: path) }
    if status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 {
      let size = Int(status.st_size)
      guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
        throw Self.openingError(path)
      }
      bytes = UnsafeBufferPointer(start: address.assumingMemoryBound(to: UInt8.self), count: size)
      isMapped = true
      return
    }
    bytes = try Self.readAll(descriptor, path: path)
    isMapped = false
  }

  deinit {
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), bytes.count)
    } else {
      bytes.baseAddress?.deallocate()
    }
  }

  /// Hands the pages that lie wholly within `range` back to the system; reading them again is slower, not wrong.
  func release(_ range: Range<Int>) {
    guard isMapped else { return }
    let page = Int(getpagesize())
    let start = (range.lowerBound + page - 1) / page * page
    let end = range.upperBound / page * page
    guard end > start else { return }
    madvise(UnsafeMutableRawPointer(mutating: bytes.baseAddress! + start), end - start, Int32(MADV_DONTNEED))
  }

  private static func readAll(_ descriptor: Int32, path: String) throws(SurveyReadError) -> UnsafeBufferPointer<UInt8> {
    var contents: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if got < 0 {
        if errno == EINTR { continue }
        throw openingError(path)
      }
      if got == 0 { break }
      contents.append(contentsOf: block[..<got])
    }
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: contents.count)
    _ = copy.initialize(from: contents)
    return UnsafeBufferPointer(copy)
  }

  private static func openingError(_ path: String) -> SurveyReadError {
    let code = errno
    if code == ENOENT || code == ENOTDIR { return .missingFile(file: path) }
    return .unreadableFile(file: path, reason: String(cString: strerror(code)))
  }
}
