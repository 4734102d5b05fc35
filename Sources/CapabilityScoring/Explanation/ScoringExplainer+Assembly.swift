import ModelExplanation
import StatisticalLearning

extension ScoringExplainer {
  /// What was computed, before it is put together.
  struct Parts {
    let players: ExplanationPlayers
    /// `[outcome][capability][replicate]`
    var contrasts: [[[Double]]] = []
    var contrastsOfBoth: [[Double]] = []
    /// `[outcome][replicate]`
    var reference: [[Double]] = []
    var importances: [GlobalImportance] = []
    var uplifts: AverageUplifts?
    var studies: [PermutationStudy?] = []
    var pairs: [PairSynergy] = []
    var shapes: CapabilityShapes?

    init(players: ExplanationPlayers) { self.players = players }
  }

  func assembled(_ parts: Parts, firmCount: Int, surveyFirmCount: Int) -> ScoringExplanation {
    let shares = model.outcomes.map { outcome -> GainImportance? in
      guard outcome.linearShare < 1, let trees = outcome.trees,
        let grouping = try? parts.players.grouping(of: trees)
      else { return nil }
      return try? GainImportance(trees, grouping: grouping)
    }
    // With a survey places are by the mean uplift; without, by the contrast.
    let series = parts.uplifts?.outcomes ?? parts.contrasts
    let seriesOfBoth = parts.uplifts?.both ?? parts.contrastsOfBoth
    let places = places(series, both: seriesOfBoth)
    var entries = parts.players.players.enumerated().map { index, player in
      ScoringExplanation.Entry(
        id: player.id, isCapability: player.capability != nil,
        outcomes: model.outcomes.indices.map { outcome in
          ScoringExplanation.OutcomeEntry(
            importance: parts.importances.isEmpty
              ? nil : nonNegative(estimate(parts.importances[outcome].meanAbsolute[index])),
            contrast: player.capability.flatMap { finite(parts.contrasts[outcome][$0]) },
            uplift: player.capability.flatMap { capability in
              model.capabilities[capability].isActionable
                ? parts.uplifts.flatMap { finite($0.outcomes[outcome][capability]) } : nil
            },
            drop: parts.studies.isEmpty ? nil : parts.studies[outcome].flatMap { repeats($0.drops[index]) },
            gainShare: shares[outcome]?.gainShares[index], coverShare: shares[outcome]?.coverShares[index],
            excessGainShare: nullGain(outcome)?.excessShares[index], gainPValue: nullGain(outcome)?.pValues[index])
        },
        both: player.capability.flatMap { capability in
          model.capabilities[capability].isActionable && !seriesOfBoth.isEmpty
            ? finite(seriesOfBoth[capability]) : nil
        },
        stepShare: player.capability.flatMap { parts.uplifts?.shares[$0] },
        place: player.capability.flatMap { places[$0] })
    }
    func key(_ entry: ScoringExplanation.Entry) -> (Int, Int) {
      (entry.isCapability ? 0 : 1, entry.place?.rank ?? .max)
    }
    let order = entries.indices.sorted {
      let (a, b) = (key(entries[$0]), key(entries[$1]))
      return a == b ? $0 < $1 : a < b
    }
    entries = order.map { entries[$0] }
    return ScoringExplanation(
      outcomes: model.outcomes.indices.map { outcome in
        ScoringExplanation.Outcome(
          id: model.outcomes[outcome].id, kind: model.outcomes[outcome].kind,
          learner: model.record.outcomes.indices.contains(outcome)
            ? model.record.outcomes[outcome].learner : .logistic,
          reference: .init(prediction: parts.reference[outcome], level: level),
          meanPrediction: parts.importances.isEmpty
            ? nil : .init(prediction: parts.importances[outcome].meanPrediction, level: level),
          metric: parts.studies.isEmpty ? nil : parts.studies[outcome]?.reference)
      }, entries: entries, agreements: agreements(entries), pairs: parts.pairs, complementarity: nil,
      shapes: parts.shapes, map: nil, firmCount: firmCount, surveyFirmCount: surveyFirmCount,
      replicateCount: model.replicateCount, level: level, metric: metric, repeatCount: repeatCount,
      isHeldOut: heldOutDrops != nil, shuffledWithin: nil)
  }

  private func nullGain(_ outcome: Int) -> NullCorrectedGain? {
    nullGains.indices.contains(outcome) ? nullGains[outcome] : nil
  }

  /// Per capability its place among those that can be acted upon.
  private func places(_ outcomes: [[[Double]]], both: [[Double]]) -> [Int: ScoringExplanation.Place] {
    let first = model.joint?.first ?? 0
    let second = model.joint?.second ?? 0
    let ranked = model.capabilities.indices.filter { capability in
      model.capabilities[capability].isActionable
        && [outcomes[first], outcomes[second]].allSatisfy { $0[capability].allSatisfy(\.isFinite) }
    }
    guard !ranked.isEmpty else { return [:] }
    let count = model.replicateCount
    // One outcome alone is its own "both".
    let together = both.isEmpty ? outcomes[first] : both
    func values(_ series: [[Double]]) -> [Double] { ranked.map { series[$0][0] } }
    func replicates(_ series: [[Double]]) -> [Double] {
      (0..<count).flatMap { replicate in ranked.map { series[$0][replicate + 1] } }
    }
    let uplifts = UpliftReplicates(
      innovation: values(outcomes[first]), export: values(outcomes[second]), both: values(together),
      innovationReplicates: replicates(outcomes[first]), exportReplicates: replicates(outcomes[second]),
      bothReplicates: replicates(together))
    var ranker = FirmScorer.ranker(for: model)
    ranker.level = level
    let ranking = ranker.rank(uplifts)
    let spaces = CommonSpaceClassifier(smallestUplift: FirmScorer.smallestUplift).place(
      innovation: uplifts.innovation, export: uplifts.export, innovationReplicates: uplifts.innovationReplicates,
      exportReplicates: uplifts.exportReplicates)
    var places: [Int: ScoringExplanation.Place] = [:]
    for (position, entry) in ranking.entries.enumerated() {
      let set = ranking.confidenceSets?.ranks[position] ?? 1...ranking.entries.count
      let space = spaces[entry.capability]
      places[ranked[entry.capability]] = ScoringExplanation.Place(
        rank: entry.rank, rankLower: entry.rankInterval.lowerBound, rankUpper: entry.rankInterval.upperBound,
        setLower: set.lowerBound, setUpper: set.upperBound, probabilityOfFirstThree: entry.probabilityOfFirst,
        tieGroup: entry.tieGroup, space: space.estimated,
        spaceAgreement: count > 0 ? space.shares[space.estimated] ?? 0 : 1)
    }
    return places
  }

  /// Kendall's τ between the measures that there are, over the capabilities.
  private func agreements(_ entries: [ScoringExplanation.Entry]) -> [ScoringExplanation.Agreement] {
    typealias Measure = (name: String, value: (ScoringExplanation.OutcomeEntry) -> Double?)
    let measures: [Measure] = [
      ("contributions", { $0.importance?.value }), ("shuffles", { $0.drop?.value }),
      ("uplift", { $0.uplift?.value }), ("contrast", { $0.contrast?.value }), ("gain", { $0.gainShare }),
    ]
    let capabilities = entries.filter { $0.isCapability }
    var agreements: [ScoringExplanation.Agreement] = []
    for (index, outcome) in model.outcomes.enumerated() {
      for (position, first) in measures.enumerated() {
        for second in measures.dropFirst(position + 1) {
          let values = [first, second].map { measure in
            capabilities.map { measure.value($0.outcomes[index]) ?? .nan }
          }
          guard let tau = RankAgreement.kendallTau(values[0], values[1]) else { continue }
          agreements.append(.init(outcome: outcome.id, first: first.name, second: second.name, tau: tau))
        }
      }
    }
    return agreements
  }

  private func estimate(_ series: [Double]) -> FirmDiagnosis.Estimate {
    .init(replicates: series, level: level, kind: FirmScorer.ranker(for: model).intervalKind)
  }

  private func finite(_ series: [Double]) -> FirmDiagnosis.Estimate? {
    series[0].isFinite ? estimate(series) : nil
  }

  /// A mean of absolute values is not below 0, whatever a symmetric interval says.
  private func nonNegative(_ estimate: FirmDiagnosis.Estimate) -> FirmDiagnosis.Estimate {
    .init(value: estimate.value, lower: max(estimate.lower, 0), upper: estimate.upper)
  }

  /// The mean over repeats, and the middle `level` of them.
  private func repeats(_ drops: [Double]) -> FirmDiagnosis.Estimate? {
    guard !drops.isEmpty, drops.allSatisfy(\.isFinite) else { return nil }
    let mean = drops.reduce(0, +) / Double(drops.count)
    return .init(replicates: [mean] + drops, level: level, kind: .percentile)
  }
}
