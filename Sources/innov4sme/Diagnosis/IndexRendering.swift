import CapabilityScoring
import Foundation
import SurveyData

/// Indices of firms as a table, as CSV with one row per firm, and as JSON.
struct IndexRendering {
  let codebook: Codebook
  let assessor: IndexAssessor
  let assessments: [IndexAssessment]
  let phrases: Phrases
  let top: Int
  let weightFile: String?
  let expertCount: Int

  private func name(_ capability: Int) -> String { assessor.capabilities[capability].name[phrases.language] }

  /// 1 is the most active class.
  private func className(_ number: Int) -> String { phrases.name(of: BehaviourClass(rawValue: 4 - number)!) }

  // MARK: Table

  func table() -> String {
    var blocks = [header.map { TextWrap.wrapped($0) }.joined(separator: "\n")]
    blocks += assessments.map(block)
    if let classes { blocks.append(classes) }
    blocks.append(TextWrap.wrapped(phrases.text(.describes)))
    return blocks.joined(separator: "\n\n")
  }

  private var header: [String] {
    var lines = [phrases.text(.expertWeightsOnly)]
    switch assessor.weights.source {
    case .equal: lines.append(phrases.text(.weightsEqual))
    case .given: lines.append(phrases.text(.weightsGiven, ["file": weightFile ?? ""]))
    case .judgements:
      let hierarchy = assessor.weights.hierarchy
      lines.append(
        phrases.text(
          .weightsJudged,
          [
            "count": String(expertCount),
            "ratio": hierarchy?.consistencyRatio.map { phrases.number($0, decimals: 3) } ?? "–",
          ]))
      lines.append(phrases.text(hierarchy?.isConsistent == true ? .consistent : .inconsistent))
    }
    lines.append(phrases.text(assessor.reading == .existence ? .readingExistence : .readingLevel))
    return lines
  }

  private func block(_ assessment: IndexAssessment) -> String {
    var lines = [phrases.text(.diagnosisOf, ["firm": phrases.firmName(assessment.id)])]
    let figures = [
      (IndexPhrase.innovationIndex, assessment.innovation), (.exportIndex, assessment.export),
      (.jointIndex, assessment.joint),
    ]
    let width = figures.map { phrases.text($0.0).count }.max() ?? 0
    for (phrase, figure) in figures {
      lines.append("  " + phrases.text(phrase).padded(to: width) + "  " + text(figure))
    }
    if let geometric = assessment.geometric {
      lines.append("  " + phrases.text(.geometric, ["index": phrases.number(geometric, decimals: 2)]))
    }
    if let flows = assessment.flowSort { lines.append("  " + phrases.text(.classByFlows, ["class": text(flows)])) }
    let unanswered = assessment.developments.indices.filter { assessment.developments[$0] == nil }
    if !unanswered.isEmpty {
      lines += [
        FirmPage.sentences([phrases.text(.missingAnswers) + phrases.colon + phrases.list(unanswered.map(name)) + "."])
      ]
    }
    let open = assessment.priorities.filter { $0.gap > 0 }
    guard !open.isEmpty else { return lines.joined(separator: "\n") }
    return lines.joined(separator: "\n") + "\n\n" + priorities(Array(open.prefix(top)), assessment).rendered(indent: 2)
      + (isTied(open) ? "\n" + FirmPage.sentences([phrases.text(.allTied)]) : "")
  }

  /// Whether more capabilities have the first one's joint score than are shown.
  private func isTied(_ entries: [ExpertPriorities.Entry]) -> Bool {
    entries.count { abs($0.joint - entries[0].joint) < 1e-12 } > top
  }

  private func text(_ figure: IndexAssessment.Figure?) -> String {
    guard let figure else { return phrases.text(.notAnswered) }
    let next = figure.distanceToNext.map {
      ", " + phrases.text(.distanceToNext, ["distance": phrases.number($0, decimals: 2)])
    }
    return phrases.number(figure.index, decimals: 2) + "  " + className(figure.classNumber) + (next ?? "")
  }

  private func text(_ flows: FlowSort.Assignment) -> String {
    flows.isBetween
      ? phrases.text(
        .betweenClasses,
        ["lower": className(flows.classes.upperBound), "upper": className(flows.classes.lowerBound)])
      : className(flows.byNetFlow)
  }

  private func priorities(_ entries: [ExpertPriorities.Entry], _ assessment: IndexAssessment) -> TextTable {
    var table = TextTable([
      (phrases.text(.columnCapability), .left), (phrases.text(.columnLevel), .right),
      (phrases.text(.columnTarget), .right), (phrases.text(.columnGap), .right), (phrases.text(.innovation), .right),
      (phrases.text(.export), .right), (phrases.text(.columnJoint), .right),
    ])
    for (position, entry) in entries.enumerated() {
      let mark = entry.isParetoOptimal ? " " + FirmPage.paretoMark : ""
      table.append([
        "\(position + 1). " + name(entry.capability) + mark,
        assessment.developments[entry.capability].map { phrases.percent($0) } ?? "–",
        phrases.percent(assessor.weights.targets[entry.capability]), phrases.percent(entry.gap),
        phrases.number(entry.innovation, decimals: 3), phrases.number(entry.export, decimals: 3),
        phrases.number(entry.joint, decimals: 3),
      ])
    }
    return table
  }

  // MARK: Classes over the firms

  private var classes: String? {
    guard let classification = assessor.classification(of: assessments) else { return nil }
    let count = classification.classes.count
    var lines = [
      phrases.text(
        .classesHeading,
        ["count": phrases.firmCount(count), "iterations": String(classification.iterationCount)])
    ]
    for behaviour in BehaviourClass.allCases.reversed() {
      guard let size = classification.classSizes[behaviour] else { continue }
      let values = ["class": phrases.name(of: behaviour), "count": phrases.firmCount(size)]
      guard size >= PeerSummaries.smallestGroup, let profile = classification.profiles[behaviour] else {
        lines.append("  " + phrases.text(.tooFewForClass, values))
        continue
      }
      let strongest = profile.indices.sorted { profile[$0] == profile[$1] ? $0 < $1 : profile[$0] > profile[$1] }
      lines.append(
        TextWrap.wrapped(
          phrases.text(
            .classLine, values.merging(["capabilities": phrases.list(strongest.prefix(3).map(name))]) { $1 }),
          first: "  ", indent: 4))
    }
    lines.append(phrases.text(classification.ending == .converged ? .endedConverged : .endedOtherwise))
    if count < assessments.count {
      lines.append(phrases.text(.leftOut, ["count": phrases.firmCount(assessments.count - count)]))
    }
    return lines.joined(separator: "\n")
  }

  // MARK: CSV and JSON

  func csv() -> String {
    let count = min(top, assessor.capabilities.count)
    let figures = ["innovation", "export", "joint"].flatMap { ["\($0).index", "\($0).class"] }
    var lines = [
      DiagnosisRendering.line(["id"] + figures + ["flowsort.class"] + (0..<count).map { "priority.\($0 + 1)" })
    ]
    for assessment in assessments {
      var cells = [assessment.id]
      for figure in [assessment.innovation, assessment.export, assessment.joint] {
        cells += [figure.map { String($0.index) } ?? "", figure.map { Self.key($0.classNumber) } ?? ""]
      }
      cells.append(assessment.flowSort.map { $0.classes.map(Self.key).joined(separator: "/") } ?? "")
      let open = assessment.priorities.filter { $0.gap > 0 }
      cells += (0..<count).map { $0 < open.count ? assessor.capabilities[open[$0].capability].id : "" }
      lines.append(DiagnosisRendering.line(cells))
    }
    return lines.joined(separator: "\n")
  }

  /// The same in every language.
  private static func key(_ classNumber: Int) -> String { "\(BehaviourClass(rawValue: 4 - classNumber)!)" }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let document = IndexDocument(assessor: assessor, assessments: assessments, language: phrases.language)
    return String(decoding: try encoder.encode(document), as: UTF8.self)
  }
}
