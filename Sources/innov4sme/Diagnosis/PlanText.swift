import CapabilityScoring

/// A firm's plan in words.
struct PlanText {
  let page: FirmPage
  let plan: FirmPlan

  private var phrases: Phrases { page.phrases }
  private var rendering: DiagnosisRendering { page.rendering }

  func rendered() -> String {
    switch plan.result {
    case .alreadyReached:
      return FirmPage.sentences([title + phrases.text(.planNothingNeeded)])
    case .noSuchPlan:
      let sentence = plan.isProved ? phrases.text(.noSuchPlan) : phrases.text(.noneFound)
      return FirmPage.sentences([title + sentence] + notes)
    case .nothingHelps:
      return FirmPage.sentences([phrases.text(.nothingHelps, ["budget": effort(plan.budget ?? 0)])])
    case .overBudget:
      let over = phrases.text(
        .overBudget,
        ["targets": targets, "effort": effort(plan.effortNeeded ?? 0), "budget": effort(plan.budget ?? 0)])
      return FirmPage.sentences([over]) + (plan.proposals.isEmpty ? "" : "\n" + byBudget())
    case .found: return plan.targets.isEmpty ? byBudget() : byTarget()
    }
  }

  private func byTarget() -> String {
    guard let best = plan.proposals.first else { return "" }
    var sentences = [plan.isProved ? phrases.text(.leastProved) : phrases.text(.leastNotProved)]
    if let bound = plan.bound { sentences = [phrases.text(.planBounded, ["bound": effort(bound)])] }
    if let share = best.shareReached { sentences.append(phrases.text(.reachedIn, ["share": phrases.percent(share)])) }
    if let robust = plan.robust, !robust.isFirstProposal { sentences.append(text(robust)) }
    return body(
      phrases.text(.toReach, ["targets": targets, "effort": effort(best.effort)]), best, sentences + alternatives)
  }

  private func byBudget() -> String {
    guard let best = plan.proposals.first else { return "" }
    let heading = phrases.text(.withinBudget, ["budget": effort(plan.budget ?? 0), "effort": effort(best.effort)])
    return body(heading, best, [phrases.text(plan.isProved ? .mostProved : .mostNotProved)] + alternatives)
  }

  private func body(_ heading: String, _ best: FirmPlan.Proposal, _ sentences: [String]) -> String {
    let changes = best.changes.map { change in
      TextWrap.wrapped(
        phrases.text(
          .change,
          [
            "capability": rendering.capabilityName(change.capability), "from": level(change.level),
            "to": level(change.target), "effort": effort(change.effort),
          ]), first: "    · ", indent: 6)
    }
    let after = phrases.text(.after, ["chances": chances(best)])
    return FirmPage.sentences([heading + trimmedColon]) + "\n" + changes.joined(separator: "\n") + "\n"
      + FirmPage.sentences([after] + sentences + notes)
  }

  private var title: String { phrases.text(.plan) + " (" + targets + "). " }
  private var trimmedColon: String { String(phrases.colon.dropLast()) }

  private var notes: [String] {
    !plan.isProved && rendering.predictor.scoring.outcomes.contains { $0.linearShare < 1 }
      ? [phrases.text(.notAdditive)] : []
  }

  private func text(_ robust: FirmPlan.Robust) -> String {
    let share = phrases.percent(robust.share)
    guard let proposal = robust.proposal else {
      return phrases.text(robust.isProved ? .robustNone : .robustUnknown, ["share": share])
    }
    return phrases.text(
      .robustOther,
      [
        "share": phrases.percent(proposal.shareReached ?? robust.share), "changes": shortChanges(proposal),
        "effort": effort(proposal.effort),
      ])
  }

  private var alternatives: [String] {
    plan.proposals.dropFirst().prefix(2).map {
      phrases.text(.alternative, ["changes": shortChanges($0), "effort": effort($0.effort)])
    }
  }

  private func shortChanges(_ proposal: FirmPlan.Proposal) -> String {
    phrases.list(
      proposal.changes.map { "\(rendering.capabilityName($0.capability)) \(level($0.level)) → \(level($0.target))" })
  }

  private var targets: String {
    phrases.list(plan.targets.map { rendering.outcomeWord($0.outcome) + " " + phrases.percent($0.chance) })
  }

  private func chances(_ proposal: FirmPlan.Proposal) -> String {
    var parts = zip(page.diagnosis.outcomes, proposal.outcomes).map { outcome, estimate in
      rendering.outcomeWord(outcome.id) + " " + page.figure(estimate, outcome.kind)
    }
    if let joint = proposal.joint { parts.append(phrases.text(.both) + " " + page.figure(joint, .binary)) }
    return parts.joined(separator: ", ")
  }

  private func level(_ level: Double) -> String { level.isFinite ? phrases.percent(level) : "–" }
  private func effort(_ value: Double) -> String { rendering.figure(value) }
}
