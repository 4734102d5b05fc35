import Foundation
import StatisticalLearning

/// One firm as plans see it: what each change of each capability adds to the log-odds, by the model and every replicate.
struct PlannedFirm {
  let planner: FirmPlanner
  let filled: Matrix
  let design: Matrix
  let treeRows: Matrix
  /// `changes[capability][s − 1]`: *s* steps; as many as the capability has left, at most three.
  let changes: [[CapabilityStep]]
  /// Per outcome, `[1 + B]` raw scores of the firm as it is.
  private let base: [[Double]]
  /// `gains[outcome][capability][s − 1]`, `[1 + B]` each.
  private let gains: [[[[Double]]]]

  init(_ answers: AnswerTable, planner: FirmPlanner) {
    precondition(answers.rowCount == 1, "\(answers.rowCount) firms")
    let model = planner.model
    self.planner = planner
    filled = model.design.imputation.filled(answers)
    design = model.design.design(for: answers).converted(to: .rowMajor)
    treeRows = TreeRows.matrix(answers: answers, design: model.design).converted(to: .rowMajor)
    let row = filled.row(0)
    let engine = planner.engine
    changes = model.capabilities.indices.map { capability in
      guard model.capabilities[capability].isActionable else { return [] }
      var steps: [CapabilityStep] = []
      for count in 1...planner.request.largestStepCount {
        let step = CapabilityStep(
          items: engine.capabilityItems[capability], columns: model.columns, filled: row,
          direction: model.capabilities[capability].direction, count: count)
        if step.isEmpty || step == steps.last { break }
        steps.append(step)
      }
      return steps
    }
    let scores = engine.scores(
      firm: 0, filled: filled, designRows: design, treeRows: treeRows, steps: changes.flatMap { $0 })
    base = scores.base
    var gains: [[[[Double]]]] = []
    for outcome in model.outcomes.indices {
      var slot = 0
      gains.append(
        changes.map { steps in
          steps.map { _ in
            defer { slot += 1 }
            return zip(scores.raised[outcome][slot], scores.base[outcome]).map { $0 - $1 }
          }
        })
    }
    self.gains = gains
  }

  /// The plan problem by the model (replicate 0) or one of its replicates.
  func problem(replicate: Int) -> PlanProblem {
    let (first, second) = (planner.first, planner.second)
    let options = changes.indices.map { capability -> [PlanOption] in
      let effort = planner.model.capabilities[capability].effort
      let choices = changes[capability].indices.map { step in
        PlanOption(
          // An effort of nothing would make a plan of everything.
          effort: Double(step + 1) * max(effort, 1e-6), innovation: gains[first][capability][step][replicate],
          export: gains[second][capability][step][replicate])
      }
      // What helps neither goal in the model itself is in no plan; with trees it may help beside something else.
      let helps =
        !planner.isAdditive
        || changes[capability].indices.contains { step in
          gains[first][capability][step][0] > 1e-12 || gains[second][capability][step][0] > 1e-12
        }
      return helps ? choices : []
    }
    return PlanProblem(
      options: options, innovationNeeded: need(first, replicate), exportNeeded: need(second, replicate))
  }

  /// The log-odds that an outcome lacks to its target; 0 without a target: it must not fall.
  private func need(_ outcome: Int, _ replicate: Int) -> Double {
    guard let target = planner.request.targets.first(where: { $0.outcome == planner.model.outcomes[outcome].id }) else {
      return 0
    }
    return log(target.chance) - log1p(-target.chance) - base[outcome][replicate]
  }

  /// The objective of gains in log-odds, by the model itself.
  func value(_ innovation: Double, _ export: Double) -> Double {
    let (first, second) = (base[planner.first][0], base[planner.second][0])
    func both(_ a: Double, _ b: Double) -> Double {
      planner.model.joint?.estimate.crossRatio.jointProbability(sigmoid(a), sigmoid(b)) ?? sigmoid(a)
    }
    return planner.objective.value(
      innovation: sigmoid(first + innovation) - sigmoid(first), export: sigmoid(second + export) - sigmoid(second),
      both: both(first + innovation, second + export) - both(first, second))
  }

  /// Without the steps that add nothing to the objective: the most of each capability that can be left out.
  func withoutIdleSteps(_ steps: [Int]) -> [Int] {
    let problem = problem(replicate: 0)
    func total(_ steps: [Int]) -> Double {
      guard planner.isAdditive else {
        let own = gain(of: steps)
        return value(own.innovation, own.export)
      }
      var (innovation, export) = (0.0, 0.0)
      for (capability, count) in steps.enumerated() where count > 0 {
        innovation += problem.options[capability][count - 1].innovation
        export += problem.options[capability][count - 1].export
      }
      return value(innovation, export)
    }
    var result = steps
    let whole = total(steps)
    for capability in result.indices {
      while result[capability] > 0 {
        result[capability] -= 1
        if total(result) < whole - 1e-9 {
          result[capability] += 1
          break
        }
      }
    }
    return result
  }

  /// What a plan is and what the model says of firms that answer so.
  func proposal(_ steps: [Int]) -> FirmPlan.Proposal {
    let model = planner.model
    let row = filled.row(0)
    var proposal = FirmPlan.Proposal(changes: [], effort: 0, outcomes: [], joint: nil, shareReached: nil)
    var all: [CapabilityStep.Change] = []
    for (capability, count) in steps.enumerated() where count > 0 {
      let step = changes[capability][count - 1]
      all += step.changes
      let items = planner.engine.capabilityItems[capability]
      let effort = Double(count) * model.capabilities[capability].effort
      func level(_ changes: [CapabilityStep.Change]) -> Double {
        CapabilityStep.level(items: items, columns: model.columns, filled: row, after: changes) ?? .nan
      }
      proposal.changes.append(
        .init(
          capability: model.capabilities[capability].id, steps: count, level: level([]), target: level(step.changes),
          effort: effort))
      proposal.effort += effort
    }
    let scores = planner.engine.scores(
      firm: 0, filled: filled, designRows: design, treeRows: treeRows, steps: [CapabilityStep(changes: all)])
    let after = model.outcomes.indices.map { scores.raised[$0][0].isEmpty ? scores.base[$0] : scores.raised[$0][0] }
    proposal.outcomes = model.outcomes.indices.map {
      model.outcomes[$0].kind == .binary ? chance(after[$0]) : planner.estimate(after[$0])
    }
    if let joint = model.joint {
      proposal.joint = chance(
        after[planner.first].indices.map { replicate in
          let both = joint.crossRatio(replicate: replicate).jointProbability(
            sigmoid(after[planner.first][replicate]), sigmoid(after[planner.second][replicate]))
          return log(both) - log1p(-both)
        })
    }
    proposal.shareReached = shareReached(after)
    return proposal
  }

  /// The log-odds by which a plan falls short of each target, by the model itself; 0 where it reaches it.
  func lacking(_ steps: [Int]) -> (innovation: Double, export: Double) {
    let outcomes = proposal(steps).outcomes
    func short(_ index: Int) -> Double {
      let id = planner.model.outcomes[index].id
      guard let target = planner.request.targets.first(where: { $0.outcome == id }) else { return 0 }
      let chance = outcomes[index].value
      return max(0, log(target.chance / chance) - log((1 - target.chance) / (1 - chance)) - PlanProblem.tolerance)
    }
    return (short(planner.first), planner.first == planner.second ? 0 : short(planner.second))
  }

  private func shareReached(_ after: [[Double]]) -> Double? {
    let targets = planner.request.targets
    let count = after[planner.first].count - 1
    guard !targets.isEmpty, count > 1 else { return nil }
    let reached = (1...count).count { replicate in
      targets.allSatisfy { target in
        let outcome = planner.model.outcomes.firstIndex { $0.id == target.outcome }!
        return after[outcome][replicate] >= log(target.chance) - log1p(-target.chance) - PlanProblem.tolerance
      }
    }
    return Double(reached) / Double(count)
  }

  /// A chance from log-odds of the model and its replicates: the interval is made on the scale of the log-odds, so that
  /// it stays within 0 and 1.
  private func chance(_ logOdds: [Double]) -> FirmDiagnosis.Estimate {
    let estimate = planner.estimate(logOdds)
    return .init(value: sigmoid(estimate.value), lower: sigmoid(estimate.lower), upper: sigmoid(estimate.upper))
  }
}

extension FirmPlanner {
  /// A figure of the model, and its interval over the replicates that follow it.
  func estimate(_ values: [Double]) -> FirmDiagnosis.Estimate {
    var replicates = values.dropFirst().filter(\.isFinite)
    let interval = replicates.withUnsafeMutableBufferPointer {
      ranker.intervalKind.interval(estimate: values[0], replicates: $0, level: ranker.level)
    }
    return .init(value: values[0], lower: interval?.lower ?? values[0], upper: interval?.upper ?? values[0])
  }
}
