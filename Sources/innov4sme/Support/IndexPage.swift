import CapabilityScoring
import Foundation
import SurveyData

/// Potential indices, classes and expert priorities of firms: what can be said before there are data to learn from.
struct IndexPage {
  let capabilities: [Codebook.Capability]
  let encoded: EncodedSurvey
  let experts: ExpertWeights
  /// The share of an item's scale from which its practice exists; `nil` counts the level.
  let existsFrom: Double?
  let top: Int
  let phrases: Phrases

  /// One firm's figures; shares are in `0...1`.
  struct Firm: Encodable {
    struct Priority: Encodable {
      var capability: String
      var level: Double
      var gap: Double
      var innovation: Double
      var export: Double
      var joint: Double
      var pareto: Bool
    }
    var id: String
    var innovation: Double?
    var export: Double?
    var joint: Double?
    var behaviour: String?
    /// What the joint index lacks to the next class.
    var toNextClass: Double?
    /// The smallest development of a capability: the index lets strong ones make up for it.
    var weakest: Double?
    var priorities: [Priority]
    var unanswered: [String]
  }

  func firms() -> [Firm] { (0..<encoded.rowCount).map(firm) }

  private func firm(_ row: Int) -> Firm {
    let developments = capabilities.map { development(of: $0, row: row, existsFrom: existsFrom) }
    let levels = capabilities.map { development(of: $0, row: row, existsFrom: nil) }
    let spaces = capabilities.indices.map { j -> PotentialIndices.Space in
      experts.export[j] == 0 && experts.innovation[j] > 0
        ? .innovation : experts.innovation[j] == 0 && experts.export[j] > 0 ? .export : .common
    }
    func index(_ weights: [Double]) -> PotentialIndices {
      PotentialIndices(developments: developments, spaces: spaces, weights: weights)
    }
    let joint = index(zip(experts.innovation, experts.export).map { ($0 + $1) / 2 }).joint
    let priorities = ExpertPriorities(
      levels: capabilities.indices.map { capabilities[$0].isActionable ? levels[$0] : nil },
      targets: [Double](repeating: 1, count: levels.count), innovationWeights: experts.innovation,
      exportWeights: experts.export)
    return Firm(
      id: encoded.firmIDs[row], innovation: index(experts.innovation).innovation, export: index(experts.export).export,
      joint: joint, behaviour: joint.map { name(ClassBounds.published.classify($0)) },
      toNextClass: joint.flatMap { ClassBounds.published.distanceToNext($0) },
      weakest: IndexAggregation.minimum.combine(developments),
      priorities: priorities.entries.filter { $0.gap > 0 }.map { entry in
        Firm.Priority(
          capability: capabilities[entry.capability].id, level: levels[entry.capability]!, gap: entry.gap,
          innovation: entry.innovation, export: entry.export, joint: entry.joint, pareto: entry.isParetoOptimal)
      }, unanswered: capabilities.indices.filter { levels[$0] == nil }.map { capabilities[$0].id })
  }

  private func development(of capability: Codebook.Capability, row: Int, existsFrom: Double?) -> Double? {
    var criteria: [Double?] = []
    var weights: [Double] = []
    for (index, feature) in encoded.features.enumerated()
    where feature.capability == capability.id && feature.kind.isOrdered && feature.kind != .numeric {
      let value = encoded.matrix[row, index]
      let share = min(max(value / Double(max(feature.levels.count - 1, 1)), 0), 1)
      criteria.append(value.isNaN ? nil : existsFrom.map { share >= $0 - 1e-9 ? 1 : 0 } ?? share)
      weights.append(feature.weight)
    }
    return PracticeDevelopment(criteria: criteria, weights: weights).value
  }

  private func name(_ behaviour: BehaviourClass) -> String { phrases.name(of: behaviour) }

  // MARK: Texts

  func rendered() -> String {
    let blocks = firms().map { firm -> String in
      var lines = [phrases.text(.diagnosisOf, ["firm": firm.id])]
      let figures: [(Phrase, Double?)] = [
        (.innovation, firm.innovation), (.export, firm.export), (.both, firm.joint),
      ]
      lines.append(
        "  "
          + figures.map { phrases.text($0.0) + " " + ($0.1.map { phrases.number($0, decimals: 2) } ?? "–") }
          .joined(separator: " · ") + (firm.behaviour.map { "  → " + $0 } ?? ""))
      if let distance = firm.toNextClass {
        lines.append("  " + phrases.text(.distanceToNext, ["distance": phrases.number(distance, decimals: 2)]))
      }
      if firm.priorities.isEmpty {
        lines.append("  " + phrases.text(firm.joint == nil ? .missingAnswers : .everythingStrong))
      } else {
        var table = TextTable([
          (phrases.text(.capability), .left), (phrases.text(.level), .right), (phrases.text(.innovation), .right),
          (phrases.text(.export), .right), (phrases.text(.both), .right),
        ])
        for (place, priority) in firm.priorities.prefix(top).enumerated() {
          let name = capabilities.first { $0.id == priority.capability }!.name[phrases.language]
          table.append(
            ["\(place + 1). \(name)" + (priority.pareto ? " ◆" : ""), phrases.percent(priority.level)]
              + [priority.innovation, priority.export, priority.joint].map { phrases.number($0, decimals: 3) })
        }
        lines.append(table.rendered(indent: 2))
      }
      if !firm.unanswered.isEmpty {
        let names = firm.unanswered.map { id in capabilities.first { $0.id == id }!.name[phrases.language] }
        lines.append("  " + phrases.text(.missingAnswers) + ": " + phrases.list(names))
      }
      return lines.joined(separator: "\n")
    }
    return ([phrases.text(.expertWeightsOnly)] + blocks).joined(separator: "\n\n")
  }

  func csv() -> String {
    let count = min(top, capabilities.count)
    var lines = [
      (["id", "innovation.index", "export.index", "joint.index", "class"] + (0..<count).map { "priority.\($0 + 1)" })
        .joined(separator: ",")
    ]
    for firm in firms() {
      var cells = [DelimitedCell.quoted(firm.id)]
      cells += [firm.innovation, firm.export, firm.joint].map { $0.map { String($0) } ?? "" }
      cells.append(firm.behaviour ?? "")
      cells += (0..<count).map {
        $0 < firm.priorities.count ? DelimitedCell.quoted(firm.priorities[$0].capability) : ""
      }
      lines.append(cells.joined(separator: ","))
    }
    return lines.joined(separator: "\n")
  }

  func json() throws -> String {
    struct Document: Encodable {
      var expertWeightsOnly = true
      var firms: [Firm]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(Document(firms: firms())), as: UTF8.self)
  }
}

/// A cell of a CSV file.
enum DelimitedCell {
  static func quoted(_ cell: String) -> String {
    cell.contains { "\",\n\r".contains($0) } ? "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : cell
  }
}
