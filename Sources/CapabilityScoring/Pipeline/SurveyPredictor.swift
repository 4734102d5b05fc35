import Foundation
import StatisticalLearning
import SurveyData

/// Everything that diagnosing a firm needs, from the survey's cells to its priorities: what a model file holds.
public struct SurveyPredictor: Sendable, Equatable, Codable {
  /// How cells become numbers; holds the codebook.
  public let encoding: SurveyEncoding
  public let scoring: ScoringModel
  public let peers: PeerSummaries
  /// How the firms of the training answered; `nil` for fewer than ten, and in files of older versions.
  public let summaries: AnswerSummaries?
  public let provenance: Provenance

  /// What it was made from, and with.
  public struct Provenance: Sendable, Equatable, Codable {
    public var toolVersion: String
    /// The survey's file name, without its folder.
    public var survey: String
    /// The condition that chose the firms; empty when all were used.
    public var condition: String
    public var firmCount: Int
    /// A digest of the encoded answers and outcomes, so that two models of the same data can be told.
    public var dataDigest: String
    public var isSimulated: Bool

    public init(
      toolVersion: String, survey: String, condition: String, firmCount: Int, dataDigest: String, isSimulated: Bool
    ) {
      self.toolVersion = toolVersion
      self.survey = survey
      self.condition = condition
      self.firmCount = firmCount
      self.dataDigest = dataDigest
      self.isSimulated = isSimulated
    }
  }

  public init(
    encoding: SurveyEncoding, scoring: ScoringModel, peers: PeerSummaries, summaries: AnswerSummaries? = nil,
    provenance: Provenance
  ) {
    self.encoding = encoding
    self.scoring = scoring
    self.peers = peers
    self.summaries = summaries
    self.provenance = provenance
  }

  /// Trains on an encoded survey.
  public static func train(
    _ encoded: EncodedSurvey, encoding: SurveyEncoding, trainer: ScoringTrainer, survey name: String,
    condition: String, toolVersion: String
  ) throws -> SurveyPredictor {
    let survey = ScoringSurvey(encoded, codebook: encoding.codebook)
    let scoring = try trainer.train(survey)
    let binary = survey.outcomes.filter { $0.kind == .binary }
    let isSuccessful = (0..<survey.firmCount).map { firm -> Bool? in
      let known = binary.map { $0.targets[firm] }
      if known.contains(0) { return false }
      return known.contains { $0.isNaN } || known.isEmpty ? nil : true
    }
    let peers = PeerSummaries(
      levels: scoring.capabilityLevels(of: survey.answers), isSuccessful: isSuccessful, traits: encoded.peerTraits)
    return SurveyPredictor(
      encoding: encoding, scoring: scoring, peers: peers,
      // The answers of fewer firms than make a group of peers might be told from their summaries.
      summaries: survey.firmCount < PeerSummaries.smallestGroup ? nil : AnswerSummaries(survey.answers),
      provenance: Provenance(
        toolVersion: toolVersion, survey: name, condition: condition, firmCount: survey.firmCount,
        dataDigest: survey.digest, isSimulated: encoding.codebook.isSimulated))
  }

  /// The answers of a table of firms, as the model takes them.
  public func answers(of encoded: EncodedSurvey) -> AnswerTable {
    AnswerTable(encoded, columns: scoring.columns)
  }
}

extension EncodedSurvey {
  /// What a firm is compared by: its country, then its size, then its sector, as far as they are known.
  var peerTraits: [[PeerSummaries.Trait]] {
    let roles: [Codebook.Role] = [.country, .size, .sector]
    let groups = roles.compactMap { role in group(role) }
    return (0..<rowCount).map { row in
      var traits: [PeerSummaries.Trait] = []
      for group in groups {
        guard group.codes[row] >= 0 else { break }
        traits.append(.init(name: group.id, value: group.levels[group.codes[row]].en))
      }
      return traits
    }
  }
}

extension ScoringModel {
  /// The mean level of each capability as a share of its range, gaps filled: `[capability][firm]`.
  public func capabilityLevels(of answers: AnswerTable) -> [[Double]] {
    let filled = design.imputation.filled(answers)
    let n = answers.rowCount
    return capabilities.indices.map { capability in
      let items = columns.indices.filter { columns[$0].capability == capability && (columns[$0].topLevel ?? 0) > 0 }
      let weight = items.reduce(0) { $0 + columns[$1].weight }
      return (0..<n).map { firm in
        items.reduce(0) { $0 + columns[$1].weight * filled.elements[$1 * n + firm] / columns[$1].topLevel! } / weight
      }
    }
  }
}

extension ScoringSurvey {
  /// 64-bit FNV-1a over the bits of all answers, outcomes and weights, as 16 hexadecimal digits.
  var digest: String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ value: Double) {
      hash = (hash ^ (value.isNaN ? 0x7FF8_0000_0000_0000 : value.bitPattern)) &* 0x0000_0100_0000_01B3
    }
    for value in answers.values.elements { add(value) }
    for outcome in outcomes { for value in outcome.targets { add(value) } }
    for weight in weights { add(weight) }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
