import Foundation
import Testing

@testable import SurveyData

/// The codebooks that ship with the repository.
enum ShippedCodebooks {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Datasets")

  static let paths: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.map { $0 + "/codebook.yaml" }
      .filter { FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path) }.sorted()
  }()

  static func codebook(_ path: String) throws -> Codebook {
    try Codebook(yaml: String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8), name: path)
  }
}

@Suite struct ShippedCodebookTests {
  @Test func thereAreSome() { #expect(ShippedCodebooks.paths.count >= 3) }

  @Test(arguments: ShippedCodebooks.paths)
  func isReadAndSurvivesWriting(_ path: String) throws {
    let codebook = try ShippedCodebooks.codebook(path)
    #expect(!codebook.items.isEmpty)
    #expect(try codebook.validated() == codebook)
  }
}
