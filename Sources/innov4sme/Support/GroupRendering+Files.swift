import CapabilityScoring

extension GroupRendering {
  /// One row per goal (or both), capability and group; figures in probability (or value), departures in log-odds.
  func csv() -> String {
    func figures(_ name: String) -> [String] { [name, "\(name).lower", "\(name).upper"] }
    var lines = [
      ["goal", "capability", "name", "group", "firms"] + figures("shrunken") + figures("own") + figures("common")
        + ["departure", "departure.se", "shrinkage"] + figures("all") + ["between.deviation", "p", "q", "verdict"]
    ]
    for comparison in result.comparisons {
      for entry in comparison.entries {
        for effect in entry.effects {
          let firms = result.groups.first { $0.name == effect.group }?.firmCount ?? 0
          let estimates = [effect.shrunken, effect.own, effect.common].flatMap { [$0.value, $0.lower, $0.upper] }
          let numbers =
            estimates + [effect.departure, effect.standardError, effect.shrinkage]
            + [entry.common.value, entry.common.lower, entry.common.upper]
            + [entry.betweenGroupDeviation, entry.pValue, entry.adjustedPValue]
          lines.append(
            [
              comparison.goal, predictor.scoring.capabilities[entry.capability].id, name(entry.capability),
              effect.group,
              "\(firms)",
            ] + numbers.map { $0.isNaN ? "" : String($0) } + [entry.verdict.rawValue])
        }
      }
    }
    return lines.map(CSVText.line).joined(separator: "\n")
  }

  /// Everything, with the groups that are in no comparison and the groups left out.
  func json() throws -> String {
    struct Document: Encodable {
      var simulated: Bool
      var by: String
      var unknownGroup: Int
      /// Ids and names by the numbers that entries bear.
      var capabilities: [String]
      var names: [String]
      var outcomes: [String]
      var groups: [GroupPriorities.Group]
      var comparisons: [GroupPriorities.Comparison]
      var leftOut: [GroupPriorities.LeftOut]
      var leftOutLearner: TrainingSettings.Learner
    }
    return try JSONText.encoded(
      Document(
        simulated: predictor.provenance.isSimulated, by: column, unknownGroup: unknownCount,
        capabilities: predictor.scoring.capabilities.map(\.id),
        names: predictor.scoring.capabilities.indices.map(name), outcomes: outcomes.map(\.id), groups: result.groups,
        comparisons: result.comparisons, leftOut: result.leftOut, leftOutLearner: result.leftOutLearner))
  }
}
