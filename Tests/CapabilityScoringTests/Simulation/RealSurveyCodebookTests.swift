import Foundation
import StatisticalLearning
import SurveyData
import Testing
import _TestSupport

@testable import CapabilityScoring

private let endei = "surveys/argentina-endei-2014-2016/responses.csv"
private let peru = "surveys/peru-ene-2015/responses.dta"

@Suite("Surveys read by the codebooks that ship")
struct RealSurveyCodebookTests {
  private func encoded(_ path: String, _ name: String, outcomes: [String]? = nil) throws -> EncodedSurvey {
    let table = try SurveyReader.read(path)
    return try SurveyEncoding(codebook: shippedCodebook(name), table: table, outcomes: outcomes).encode(table)
  }

  /// The shares were counted with pandas on the same file.
  @Test("ENDEI II: every cell is a level or a missing code", .enabled(if: SharedData.has(endei), "\(endei) is absent"))
  func argentina() throws {
    let path = try #require(SharedData.file(endei)).path
    let all = ["innovation", "export", "innovation-any", "innovation-world", "export-share"]
    let survey = try encoded(path, "argentina-endei-2014-2016", outcomes: all)
    #expect(survey.problems.isEmpty, "\(survey.problems.prefix(5).map(\.description))")
    #expect(survey.warnings.isEmpty, "\(survey.warnings)")
    #expect(survey.rowCount == 3944 && survey.features.count == 96 + 8)
    let size = try #require(survey.group(.size))
    let large = size.levels.firstIndex { $0.en == "Large" }
    let sme = survey.selectingRows(size.codes.indices.filter { size.codes[$0] != large })
    #expect(sme.rowCount == 3114)
    for (id, count, share) in [
      ("innovation", 3087, 0.3774), ("export", 3110, 0.2421), ("innovation-any", 3087, 0.6725),
      ("innovation-world", 3087, 0.0829),
    ] {
      let values = try #require(sme.outcome(id)).values.filter { !$0.isNaN }
      #expect(values.count == count && abs(values.reduce(0, +) / Double(count) - share) < 5e-5, "\(id)")
    }
    let share = try #require(sme.outcome("export-share"))
    #expect(share.kind == .ordinal && Set(share.values.filter { !$0.isNaN }) == [0, 1, 2, 3, 4, 5])
    // No item is nearly an outcome, nor hardly ever answered.
    for (j, feature) in sme.features.enumerated() where feature.capability != nil {
      let column = sme.matrix.column(j)
      let answered = column.filter { !$0.isNaN }.count
      #expect(Double(answered) > 0.96 * Double(sme.rowCount), "\(feature.id)")
      for outcome in ["innovation", "export"] {
        let auc = Self.auc(column, try #require(sme.outcome(outcome)).values)
        #expect(auc > 0.48 && auc < 0.75, "\(feature.id) and \(outcome): \(auc)")
      }
    }
  }

  @Test("Peru: every cell is a level or a missing code", .enabled(if: SharedData.has(peru), "\(peru) is absent"))
  func peruvian() throws {
    let survey = try encoded(try #require(SharedData.file(peru)).path, "peru-ene-2015")
    #expect(survey.problems.isEmpty && survey.warnings.isEmpty)
    #expect(survey.rowCount == 6115 && survey.outcomes.map(\.id) == ["export"])
    #expect(survey.outcomes[0].values.reduce(0, +) == 623)
  }

  @Test("the simulated wine survey: written, read and encoded, its outcomes and gaps are what was simulated")
  func simulated() throws {
    let survey = try SurveySimulation.wine(firms: 120, seed: 3).simulated()
    let table = try CSVReader.read(text: survey.csv())
    let encoding = try SurveyEncoding(codebook: Codebook(yaml: survey.codebookYAML()), table: table)
    let encoded = try encoding.encode(table)
    #expect(encoded.problems.isEmpty && encoded.warnings.isEmpty)
    #expect(encoded.firmIDs == survey.truth.firms.map(\.id))
    let exports = try #require(encoded.outcome("export")).values
    #expect(exports == values(survey.table, "export_share").map { $0 > 0 ? 1 : 0 })
    for (j, feature) in encoded.features.enumerated() where feature.capability != nil {
      for (row, code) in values(survey.table, feature.column).enumerated() {
        let value = encoded.matrix[row, j]
        switch code {
        case -9: #expect(value.isNaN && encoded.reason(row: row, feature: j) == .dontKnow)
        case -8: #expect(value.isNaN && encoded.reason(row: row, feature: j) == .notApplicable)
        case -7: #expect(value.isNaN && encoded.reason(row: row, feature: j) == .refused)
        default: #expect(value == code)
        }
      }
    }
  }

  /// The area under the ROC curve, ties counted by half: over all pairs of levels.
  private static func auc(_ scores: [Double], _ outcome: [Double]) -> Double {
    var counts: [Double: (negative: Double, positive: Double)] = [:]
    for (score, y) in zip(scores, outcome) where !score.isNaN && !y.isNaN {
      let old = counts[score] ?? (0, 0)
      counts[score] = (old.negative + (1 - y), old.positive + y)
    }
    var (below, area, negatives, positives) = (0.0, 0.0, 0.0, 0.0)
    for (_, count) in counts.sorted(by: { $0.key < $1.key }) {
      area += count.positive * (below + count.negative / 2)
      below += count.negative
      negatives += count.negative
      positives += count.positive
    }
    return area / (negatives * positives)
  }
}
