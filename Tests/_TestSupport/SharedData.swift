import Foundation

/// The real surveys and reference tables that stand beside the repository, not in it.
public enum SharedData {
  /// `../shared/data`, seen from the root of the package; `nil` where it is absent.
  public static let root: URL? = {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let environment = ProcessInfo.processInfo.environment["INNOV4SME_SHARED_DATA"].map { URL(fileURLWithPath: $0) }
    let candidates = [environment, package.appendingPathComponent("../shared/data").standardizedFileURL]
    return candidates.compactMap { $0 }.first { FileManager.default.fileExists(atPath: $0.path) }
  }()

  /// A file below `../shared/data`; `nil` when it is absent. For `.enabled(if:)` with a message.
  public static func file(_ path: String) -> URL? {
    guard let url = root?.appendingPathComponent(path), FileManager.default.fileExists(atPath: url.path) else {
      return nil
    }
    return url
  }

  public static func has(_ path: String) -> Bool { file(path) != nil }
}
