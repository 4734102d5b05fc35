import CapabilityScoring
import Foundation
import StatisticalLearning

/// Simulated firms with a known truth: 18 capabilities of one item each, answered 0 … 4, with one common factor.
struct ReferenceSurvey {
  static let innovation: [Int: Double] = [2: 0.7, 3: 0.6, 4: 0.3, 7: 0.4, 8: 0.35]
  static let export: [Int: Double] = [10: 0.8, 11: 0.5, 13: 0.35, 7: 0.5, 8: 0.35]

  let survey: ScoringSurvey
  let answers: [[Double]]

  init(firms: Int, seed: UInt64, capabilities: Int = 18, missing: Double = 0, kind: TruthKind = .linear) {
    var answers: [[Double]] = []
    var innovation: [Double] = []
    var export: [Double] = []
    for firm in 0..<firms {
      var generator = CounterBasedGenerator(seed: seed, purpose: "firm", index: firm)
      let common = generator.normal()
      let row = (0..<capabilities).map { _ in
        min(max((3 + 1.1 * (0.55 * common + 0.85 * generator.normal())).rounded(), 1), 5)
      }
      answers.append(row)
      let logOdds = Self.logOdds(row, kind: kind)
      innovation.append(generator.uniform() < sigmoid(logOdds.innovation) ? 1 : 0)
      export.append(generator.uniform() < sigmoid(logOdds.export) ? 1 : 0)
    }
    let elements = (0..<capabilities).flatMap { j in
      (0..<firms).map { i in
        var generator = CounterBasedGenerator(seed: seed, purpose: "gap", name: "\(j)", index: i)
        return generator.uniform() < missing ? Double.nan : answers[i][j] - 1
      }
    }
    self.answers = answers
    survey = ScoringSurvey(
      answers: AnswerTable(
        columns: (0..<capabilities).map {
          AnswerColumn(feature: Feature("c\($0 + 1)", .ordinal), capability: $0, topLevel: 4)
        }, values: Matrix(rowCount: firms, columnCount: capabilities, elements: elements)),
      capabilities: (0..<capabilities).map { CapabilityDescription(id: "c\($0 + 1)") },
      outcomes: [
        .init(id: "innovation", kind: .binary, targets: innovation),
        .init(id: "export", kind: .binary, targets: export),
      ])
  }

  static func logOdds(_ row: [Double], kind: TruthKind = .linear) -> (innovation: Double, export: Double) {
    func sum(_ effects: [Int: Double]) -> Double {
      let keys = effects.keys.sorted()
      switch kind {
      case .linear: return keys.reduce(0) { $0 + effects[$1]! * (row[$1] - 3) }
      case .thresholds:
        return keys.reduce(0) { $0 + effects[$1]! * (0.4 * (row[$1] - 3) + (row[$1] >= 4 ? 1.2 : 0)) }
      case .interactions:
        // The first two are one weakest link, in which they have all of their effect.
        let rest = keys.dropFirst(2).reduce(0) { $0 + effects[$1]! * (row[$1] - 3) }
        return rest + (effects[keys[0]]! + effects[keys[1]]!) * min(row[keys[0]] - 3, row[keys[1]] - 3)
      }
    }
    return (-0.3 + sum(innovation), -0.5 + sum(export))
  }

  /// The capability whose step of one level raises P(innovation) · P(export) of a firm most.
  func trulyBest(firm: Int) -> Int? {
    let row = answers[firm]
    func product(_ row: [Double]) -> Double {
      let (innovation, export) = Self.logOdds(row)
      return sigmoid(innovation) * sigmoid(export)
    }
    let uplifts = row.indices.compactMap { j -> (Int, Double)? in
      guard row[j] < 5 else { return nil }
      var raised = row
      raised[j] += 1
      return (j, product(raised) - product(row))
    }
    return uplifts.max { $0.1 < $1.1 }?.0
  }
}
