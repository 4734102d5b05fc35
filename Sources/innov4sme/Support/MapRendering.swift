import CapabilityScoring
import DiagnosticReport

/// The map of capabilities: its clusters as text, the whole as a page, a drawing or CSV.
struct MapRendering {
  enum Form: String {
    case html, svg, csv

    /// By the ending of a file's name; `nil` for another one.
    init?(path: String) {
      guard let ending = path.split(separator: ".").last.flatMap({ Form(rawValue: $0.lowercased()) }) else {
        return nil
      }
      self = ending
    }
  }

  let explanation: ExplanationRendering
  let atlas: CapabilityAtlas

  private var ids: [String] { explanation.predictor.scoring.capabilities.map(\.id) }

  private func entry(_ capability: Int) -> ScoringExplanation.Entry? {
    explanation.explanation.entries.first { $0.isCapability && $0.id == ids[capability] }
  }

  /// The uplift of both, or of the only goal.
  private func uplift(_ capability: Int) -> Double? {
    entry(capability).flatMap { $0.both ?? $0.outcomes.first?.uplift }?.value
  }

  private func marks() -> [CapabilityMapChart.Mark] {
    atlas.places.map { place in
      let own = entry(place.capability)
      return .init(
        name: explanation.name(ids[place.capability]), space: own?.place?.space,
        agreement: own?.place?.spaceAgreement ?? 0,
        uplift: uplift(place.capability))
    }
  }

  func text(_ form: Form) -> String {
    let chart = CapabilityMapChart(atlas: atlas, marks: marks())
    switch form {
    case .svg: return chart.svg
    case .csv: return csv()
    case .html:
      let provenance = explanation.predictor.provenance
      let isJoint = explanation.predictor.scoring.joint != nil
      return CapabilityMapPage.html(
        title: "How capabilities lie to each other", chart: chart,
        spaces: CapabilitySpace.allCases.filter { isJoint || $0 == .innovationOnly || $0 == .neither }.map {
          ($0, $0 == .neither ? "no goal" : explanation.space($0) + (isJoint && $0 != .both ? " only" : ""))
        },
        notes: [
          "\(NumberText.count(explanation.explanation.surveyFirmCount)) firms"
            + (provenance.isSimulated ? ", simulated" : "") + "; model of \(provenance.survey)"
            + (provenance.condition.isEmpty ? "" : " (\(provenance.condition))") + "."
        ],
        reading: [
          "Two capabilities lie near each other when firms that score high on one score high on the other (polychoric correlation of their levels; multidimensional scaling, stress \(NumberText.decimal(atlas.stress, 2)), \(atlas.stress < 0.1 ? "a good" : atlas.stress < 0.2 ? "a fair" : "a poor") picture of the distances\(atlas.stress < 0.2 ? "" : ": take nearness as a hint only")). The axes have no meaning of their own.",
          "Colour and shape: the goals that one step more goes with; paler where fewer replicates agree. Size: points of \(isJoint ? "the chance of both" : explanation.explanation.outcomes[0].id) that one step goes with.",
          "Grey regions: where 90 % of \(atlas.sampleCount) bootstrap samples of firms place a capability. Lines join the members of a cluster.",
          clusterReading,
          "All figures are associations among the firms of the survey.",
        ], footer: "Innov4SME \(toolVersion)")
    }
  }

  /// Clusters as lines.
  func clusterBlock() -> String {
    var lines = ["Capabilities whose answers go together (clusters of the map)"]
    for (index, cluster) in atlas.clusters.enumerated() {
      let names = cluster.members.map { explanation.name(ids[$0]) }.joined(separator: ", ")
      let stability = cluster.stability.map { " (stability \(NumberText.decimal($0, 2)))" } ?? ""
      lines.append(TextWrap.wrapped("\(index + 1)  \(names)\(stability)", first: "  ", indent: 5))
    }
    lines.append(TextWrap.wrapped(clusterReading, first: "  ", indent: 2))
    if !atlas.leftOut.isEmpty {
      let names = atlas.leftOut.map { explanation.name(ids[$0]) }.joined(separator: ", ")
      lines.append(TextWrap.wrapped("Without a place, as their levels do not vary: \(names).", first: "  ", indent: 2))
    }
    return lines.joined(separator: "\n")
  }

  private var clusterReading: String {
    "Clusters: silhouette \(NumberText.decimal(atlas.silhouette, 2)) "
      + (atlas.silhouette < 0.25
        ? "(below 0.25: the answers fall into no clear groups, read them as a rough order only)"
        : atlas.silhouette < 0.5 ? "(0.25 to 0.5: weak groups)" : "(above 0.5: clear groups)")
      + "; stability is how far bootstrap samples of firms find the same cluster: from 0.75 stable, below 0.6 not to be trusted."
  }

  private func csv() -> String {
    var lines = [
      [
        "id", "name", "x", "y", "spread.xx", "spread.xy", "spread.yy", "cluster", "cluster.stability", "uplift",
        "space",
        "space.agreement",
      ]
    ]
    for place in atlas.places {
      let own = entry(place.capability)?.place
      lines.append([
        ids[place.capability], explanation.name(ids[place.capability]), String(place.x), String(place.y),
        String(place.spread[0]), String(place.spread[1]), String(place.spread[2]), "\(place.cluster + 1)",
        atlas.clusters[place.cluster].stability.map { String($0) } ?? "",
        uplift(place.capability).map { String($0) } ?? "",
        own?.space.rawValue ?? "", own.map { String($0.spaceAgreement) } ?? "",
      ])
    }
    return lines.map(CSVText.line).joined(separator: "\n")
  }
}
