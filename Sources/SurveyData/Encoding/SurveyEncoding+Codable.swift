/// Travels inside a model file, so what is read is checked: it must fit the codebook that it comes with.
extension SurveyEncoding: Codable {
  private enum CodingKeys: String, CodingKey { case codebook, features, outcomes, thresholds, warnings }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      codebook: try container.decode(Codebook.self, forKey: .codebook),
      features: try container.decode([EncodedFeature].self, forKey: .features),
      outcomes: try container.decode([String].self, forKey: .outcomes),
      thresholds: try container.decode([[Double]].self, forKey: .thresholds),
      warnings: try container.decode([String].self, forKey: .warnings))
    if let problem = inconsistency {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: problem))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(codebook, forKey: .codebook)
    try container.encode(features, forKey: .features)
    try container.encode(outcomes, forKey: .outcomes)
    try container.encode(thresholds, forKey: .thresholds)
    try container.encode(warnings, forKey: .warnings)
  }

  /// What does not fit; `nil` when all does.
  private var inconsistency: String? {
    let variables = variables
    var seen = Set<String>()
    for feature in features {
      guard let variable = variables[feature.id], variable.column == feature.column, variable.kind == feature.kind,
        seen.insert(feature.id).inserted
      else { return "the feature '\(shortened(feature.id))' is not a variable of the codebook" }
      if !variable.levels.isEmpty,
        variable.levels.count != feature.levels.count
          || feature.levels.contains(where: { $0.codes.isEmpty })
      {
        return "the levels of feature '\(shortened(feature.id))' are not those of the codebook"
      }
    }
    guard thresholds.count == outcomes.count else { return "thresholds for another number of outcomes" }
    for (id, thresholds) in zip(outcomes, thresholds) {
      guard let outcome = codebook.outcomes.first(where: { $0.id == id }) else {
        return "the outcome '\(shortened(id))' is not in the codebook"
      }
      if outcome.definition.topRules.count != thresholds.count || !thresholds.allSatisfy(\.isFinite) {
        return "the thresholds of outcome '\(shortened(id))' do not fit its rules"
      }
    }
    return nil
  }
}
