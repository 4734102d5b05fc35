import Foundation
import StatisticalLearning

/// Finds, for one firm and a trained model, the steps of least effort that reach a target on both outcomes, or the best
/// steps within a budget.
///
/// A plan raises capabilities by up to ``maximumSteps`` steps each (see ``CapabilityStep``), at the effort of a step
/// times their number. Gains are those of the model in log-odds, which add up over capabilities because the outcomes'
/// models are linear: what is found is optimal, and "there is no such plan" is proved. As everywhere, a plan says which
/// otherwise similar firms reach the target, not what would happen to this one.
public struct PlanAdvisor: Sendable {
  public enum Goal: Sendable, Equatable {
    /// Probabilities to reach, of the first and the second outcome.
    case target(Double, Double)
    /// The greatest chance of both within an effort.
    case budget(Double)
  }

  /// Why there is no plan to make.
  public enum Obstacle: Error, Sendable, Equatable, CustomStringConvertible {
    case noTwoOutcomes
    case trees(outcome: String)

    public var description: String {
      switch self {
      case .noTwoOutcomes: "a plan needs a model of two yes-or-no outcomes"
      case .trees(let outcome):
        "a plan needs gains that add up, and the model of '\(outcome)' holds trees; train with --learner logistic"
      }
    }
  }

  /// What was found for one firm.
  public struct Advice: Sendable, Equatable {
    public var plans: [Described]
    public var certificate: PlanResult.Certificate
    /// The plan of least effort that reaches the target in the share of replicates that was asked for; `nil` for a
    /// budget, without replicates, or when there is none.
    public var robust: Described?
    /// Of the search for it; `nil` where none was made.
    public var robustCertificate: PlanResult.Certificate?
    public var goal: Goal
    /// The firm's chances as it is.
    public var now: (first: Double, second: Double, both: Double)

    public static func == (left: Advice, right: Advice) -> Bool {
      left.plans == right.plans && left.robust == right.robust && left.goal == right.goal && left.now == right.now
    }
  }

  /// A plan in the model's terms.
  public struct Described: Sendable, Equatable, Codable {
    public struct Change: Sendable, Equatable, Codable {
      public var capability: String
      public var steps: Int
      public var effort: Double
    }
    public var changes: [Change]
    public var effort: Double
    /// The chances after it.
    public var first: Double
    public var second: Double
    public var both: Double
    /// The share of replicates in which it reaches the target; `nil` for a budget or without replicates.
    public var shareReached: Double?
  }

  public let model: ScoringModel
  public var maximumSteps = 3
  /// Of the replicates that a robust plan must reach the target in.
  public var robustShare = 0.8
  /// Replicates that the robust search looks at: the share is then checked on all.
  public var searchedReplicates = 60
  private let joint: JointModel
  private let slopes: [[[Double]]]

  /// - Throws: ``Obstacle``.
  public init(model: ScoringModel) throws(Obstacle) {
    guard let joint = model.joint else { throw .noTwoOutcomes }
    for index in [joint.first, joint.second] where model.outcomes[index].linearShare < 1 {
      throw .trees(outcome: model.outcomes[index].id)
    }
    self.model = model
    self.joint = joint
    slopes = [joint.first, joint.second].map { index in
      let outcome = model.outcomes[index]
      return ([outcome.linear!] + outcome.linearReplicates).map { part in
        model.design.itemSlopes(coefficients: part.coefficients, itemCount: model.columns.count)
          .map { $0 * outcome.calibration.slope }
      }
    }
  }

  /// - Parameter answers: Of one firm.
  public func advise(_ answers: AnswerTable, goal: Goal) -> Advice {
    precondition(answers.rowCount == 1, "\(answers.rowCount) firms")
    let filled = model.design.imputation.filled(answers).row(0)
    let design = model.design.design(for: answers)
    let base = [joint.first, joint.second].map { index -> [Double] in
      let outcome = model.outcomes[index]
      return ([outcome.linear!] + outcome.linearReplicates).map { outcome.calibration($0.rawScores(for: design)[0]) }
    }
    let changes = model.capabilities.indices.map { steps(of: $0, filled: filled) }
    let count = min(base[0].count, base[1].count)
    func problem(_ replicate: Int, _ target: (Double, Double)) -> PlanProblem {
      PlanProblem(
        options: model.capabilities.indices.map { capability in
          changes[capability].enumerated().map { index, amounts in
            PlanOption(
              effort: Double(index + 1) * max(model.capabilities[capability].effort, 1e-6),
              innovation: amounts.reduce(0) { $0 + $1.amount * slopes[0][replicate][$1.item] },
              export: amounts.reduce(0) { $0 + $1.amount * slopes[1][replicate][$1.item] })
          }
        }, innovationNeeded: logit(target.0) - base[0][replicate], exportNeeded: logit(target.1) - base[1][replicate])
    }
    func both(_ first: Double, _ second: Double) -> Double {
      joint.estimate.crossRatio.jointProbability(first, second)
    }
    let now = (sigmoid(base[0][0]), sigmoid(base[1][0]))
    func described(_ plan: Plan, _ share: Double?) -> Described {
      let (first, second) = (sigmoid(base[0][0] + plan.innovation), sigmoid(base[1][0] + plan.export))
      return Described(
        changes: plan.changed.map { capability in
          Described.Change(
            capability: model.capabilities[capability].id, steps: plan.steps[capability],
            effort: Double(plan.steps[capability]) * model.capabilities[capability].effort)
        }, effort: plan.effort, first: first, second: second, both: both(first, second), shareReached: share)
    }
    var advice = Advice(
      plans: [], certificate: .noSuchPlan, goal: goal, now: (now.0, now.1, both(now.0, now.1)))
    switch goal {
    case .budget(let budget):
      let result = PlanSearch(planCount: 3).greatestValue(problem(0, (0.5, 0.5)), within: budget) { first, second in
        both(sigmoid(base[0][0] + first), sigmoid(base[1][0] + second))
      }
      advice.plans = result.plans.map { described($0, nil) }
      advice.certificate = result.certificate
    case .target(let first, let second):
      let problems = (1..<max(count, 1)).map { problem($0, (first, second)) }
      let result = PlanSearch(planCount: 3).leastEffort(problem(0, (first, second)))
      advice.plans = result.plans.map { plan in
        described(plan, problems.isEmpty ? nil : PlanSearch.shareReached(plan.steps, replicates: problems))
      }
      advice.certificate = result.certificate
      guard !problems.isEmpty else { break }
      let searched = stride(from: 0, to: problems.count, by: max(problems.count / searchedReplicates, 1))
        .map { problems[$0] }
      let robust = PlanSearch(planCount: 1, nodeLimit: 200_000).leastEffort(replicates: searched, share: robustShare)
      advice.robustCertificate = robust.certificate
      advice.robust = robust.best.map { plan in
        // The robust search's gains are means over replicates; the chances shown are the model's own.
        var own = plan
        let model = problem(0, (first, second))
        own.innovation = plan.changed.reduce(0) { $0 + model.options[$1][plan.steps[$1] - 1].innovation }
        own.export = plan.changed.reduce(0) { $0 + model.options[$1][plan.steps[$1] - 1].export }
        return described(own, PlanSearch.shareReached(plan.steps, replicates: problems))
      }
    }
    return advice
  }

  /// What 1, 2, … steps of a capability change in total; empty for one that can't be acted on.
  private func steps(of capability: Int, filled: [Double]) -> [[CapabilityStep.Change]] {
    guard model.capabilities[capability].isActionable else { return [] }
    let items = model.columns.indices.filter { model.columns[$0].capability == capability }
    var current = filled
    var totals: [[CapabilityStep.Change]] = []
    while totals.count < maximumSteps {
      let step = CapabilityStep(
        items: items, columns: model.columns, filled: current, direction: model.capabilities[capability].direction)
      guard !step.isEmpty else { break }
      for change in step.changes { current[change.item] += change.amount }
      totals.append(
        items.compactMap { item in
          current[item] == filled[item] ? nil : .init(item: item, amount: current[item] - filled[item])
        })
    }
    return totals
  }
}
