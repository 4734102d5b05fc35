import SurveyData

/// The published indices of one firm, its class, and what experts' weights put first: no data were learned from.
public struct IndexAssessment: Sendable, Equatable, Codable {
  /// An index in `0...1` and its class; `nil` where no practice that counts was answered.
  public struct Figure: Sendable, Equatable, Codable {
    public var index: Double
    /// 1 proactive, 2 preactive, 3 reactive, 4 passive.
    public var classNumber: Int
    /// What is missing to the class above; `nil` in the highest.
    public var distanceToNext: Double?

    init?(_ index: Double?) {
      guard let index else { return nil }
      self.index = index
      classNumber = 4 - ClassBounds.published.classify(index).rawValue
      distanceToNext = ClassBounds.published.distanceToNext(index)
    }
  }

  public var id: String
  /// Per capability: the degree of development in `0...1`; `nil` where nothing was answered.
  public var developments: [Double?]
  /// The share of each capability's criteria that were answered, in `0...1`.
  public var answeredShares: [Double]
  public var innovation: Figure?
  public var export: Figure?
  public var joint: Figure?
  /// The joint index without compensation: the weighted geometric mean.
  public var geometric: Double?
  /// By outranking flows over all capabilities; `nil` unless every capability was answered.
  public var flowSort: FlowSort.Assignment?
  public var priorities: [ExpertPriorities.Entry]
}

/// Assesses firms by the published indices with experts' weights.
public struct IndexAssessor: Sendable {
  /// How an answer becomes a criterion.
  public enum Reading: String, Sendable, Hashable, Codable, CaseIterable {
    /// The observable fact exists: an answer from three quarters of the scale on (3 of 4); the published reading.
    case existence
    /// The answer as a share of its scale.
    case level
  }

  public let capabilities: [Codebook.Capability]
  public let spaces: [PotentialIndices.Space]
  public let weights: ExpertWeights
  public let reading: Reading
  private let flowSort: FlowSort

  /// - Parameters:
  ///   - capabilities: At least one.
  ///   - weights: `nil` is the same for all.
  public init(capabilities: [Codebook.Capability], weights: ExpertWeights? = nil, reading: Reading = .existence) {
    precondition(!capabilities.isEmpty, "no capability")
    self.capabilities = capabilities
    spaces = capabilities.map { PotentialIndices.Space(dimension: $0.dimension) }
    self.weights = weights ?? ExpertWeights(equalOver: spaces)
    self.reading = reading
    // The published bounds as limiting profiles, on every criterion; thresholds of a twentieth and a quarter.
    let bounds = [
      1, ClassBounds.published.proactive, ClassBounds.published.preactive, ClassBounds.published.reactive, 0,
    ]
    flowSort = FlowSort(
      profiles: .limiting(bounds.map { bound in capabilities.map { _ in bound } }), weights: self.weights.joint,
      preferences: capabilities.map { _ in .init(indifference: 0.05, preference: 0.25) })
  }

  public func assess(_ encoded: EncodedSurvey) -> [IndexAssessment] {
    (0..<encoded.rowCount).map { row in assessment(of: encoded, row: row) }
  }

  private func assessment(of encoded: EncodedSurvey, row: Int) -> IndexAssessment {
    let practices = capabilities.map { practice($0, encoded, row) }
    let developments = practices.map(\.value)
    let joint = IndexAggregation.arithmetic.combine(developments, weights: weights.joint)
    let complete = developments.compactMap { $0 }
    return IndexAssessment(
      id: encoded.firmIDs[row], developments: developments, answeredShares: practices.map(\.answeredShare),
      innovation: .init(IndexAggregation.arithmetic.combine(developments, weights: weights.innovation)),
      export: .init(IndexAggregation.arithmetic.combine(developments, weights: weights.export)), joint: .init(joint),
      geometric: IndexAggregation.geometric.combine(developments, weights: weights.joint),
      flowSort: complete.count == developments.count ? flowSort.assign(complete) : nil,
      priorities: ExpertPriorities(
        levels: developments, targets: weights.targets, innovationWeights: weights.innovation,
        exportWeights: weights.export
      ).entries)
  }

  private func practice(_ capability: Codebook.Capability, _ encoded: EncodedSurvey, _ row: Int) -> PracticeDevelopment
  {
    var criteria: [Double?] = []
    var itemWeights: [Double] = []
    for item in capability.items {
      guard let index = encoded.features.firstIndex(where: { $0.id == item.item }) else { continue }
      let feature = encoded.features[index]
      guard feature.kind.isOrdered, feature.kind != .numeric, feature.levels.count > 1 else { continue }
      let value = encoded.matrix[row, index]
      let top = Double(feature.levels.count - 1)
      let scale = MaturityScale(topLevel: top, existsFrom: 0.75 * top)
      let answer = value.isNaN ? nil : value
      criteria.append(reading == .existence ? scale.existence(answer) : scale.level(answer))
      itemWeights.append(item.weight)
    }
    guard itemWeights.contains(where: { $0 > 0 }) else { return PracticeDevelopment(criteria: []) }
    return PracticeDevelopment(criteria: criteria, weights: itemWeights)
  }

  /// The published iteration of classes and profiles over all firms with every capability answered; `nil` with fewer
  /// than two of them.
  public func classification(of assessments: [IndexAssessment]) -> PotentialIndexClassification? {
    let complete = assessments.map { $0.developments.compactMap { $0 } }.filter { $0.count == capabilities.count }
    return complete.count > 1 ? PotentialIndexClassification(developments: complete) : nil
  }
}
