import CapabilityScoring
import Foundation
import StatisticalLearning
import SurveyData

/// How long a firm's plan takes, with 40 capabilities of up to three changes each and 200 replicates: the least effort
/// toward a target with its robust version, and the most within a budget. And the same for models with trees, trained on
/// 400 firms of the reference truth: 18 capabilities of up to three changes.
///
/// Models are made up: of each outcome's slopes 12 of 40 are large, the others small; efforts are 0.5, 1, 1.5 or 2.
struct PlanSuite {
  let firmCount: Int
  let capabilityCount = 40
  let replicateCount = 200

  func run() throws {
    var lines: [String] = []
    for (name, request) in [
      ("target", { (chance: Double) in FirmPlanner.Request(targets: targets(chance)) }),
      ("budget", { (_: Double) in FirmPlanner.Request(targets: [], budget: 6) }),
    ] {
      var milliseconds: [Double] = []
      var proved = 0
      var robust = 0
      var robustProved = 0
      for seed in 0..<firmCount {
        let (model, firm) = problem(seed: UInt64(seed))
        let chance = [0.4, 0.5, 0.6, 0.7][seed % 4]
        let planner = FirmPlanner(
          model: model, objective: .both, ranker: PriorityRanker(objective: .both), request: request(chance))
        let start = DispatchTime.now().uptimeNanoseconds
        let plan = planner.plan(firm)
        milliseconds.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6)
        proved += plan.isProved ? 1 : 0
        if let own = plan.robust {
          robust += 1
          robustProved += own.isProved ? 1 : 0
        }
      }
      milliseconds.sort()
      lines.append(
        """
        {"suite": "plans", "mode": "\(name)", "capabilities": \(capabilityCount), "changes": 3, \
        "replicates": \(replicateCount), "firms": \(firmCount), \
        "median_ms": \(rounded(milliseconds[milliseconds.count / 2])), "largest_ms": \(rounded(milliseconds.last!)), \
        "proved": \(proved), "robust": \(robust), "robust_proved": \(robustProved)}
        """)
    }
    for learner in [TrainingSettings.Learner.boostedTrees, .blend] {
      for mode in ["target", "budget"] { lines.append(try trees(learner, mode: mode)) }
    }
    print(lines.joined(separator: "\n"))
  }

  private func trees(_ learner: TrainingSettings.Learner, mode: String) throws -> String {
    let simulated = try TruthDesign.reference.simulation(firms: 400, seed: 1).simulated()
    let encoding = try SurveyEncoding(codebook: simulated.codebook, table: simulated.table)
    let survey = ScoringSurvey(try encoding.encode(simulated.table), codebook: simulated.codebook)
    var settings = TrainingSettings()
    settings.learner = learner
    settings.bootstrap = 0
    settings.repeats = 1
    let model = try ScoringTrainer(settings: settings).train(survey)
    var milliseconds: [Double] = []
    var proved = 0
    for firm in 0..<firmCount {
      let chance = [0.4, 0.5, 0.6, 0.7][firm % 4]
      let planner = FirmPlanner(
        model: model, objective: .both, ranker: PriorityRanker(objective: .both),
        request: mode == "budget" ? .init(targets: [], budget: 4) : .init(targets: targets(chance)))
      let answers = survey.answers.selectingRows([firm * 7 % survey.firmCount])
      let start = DispatchTime.now().uptimeNanoseconds
      let plan = planner.plan(answers)
      milliseconds.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6)
      proved += plan.isProved ? 1 : 0
    }
    milliseconds.sort()
    return """
      {"suite": "plans", "mode": "\(mode), \(learner.rawValue)", "capabilities": 18, "changes": 3, "replicates": 0, \
      "firms": \(firmCount), "median_ms": \(rounded(milliseconds[milliseconds.count / 2])), \
      "largest_ms": \(rounded(milliseconds.last!)), "proved": \(proved)}
      """
  }

  private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

  private func targets(_ chance: Double) -> [FirmPlan.Target] {
    [.init(outcome: "innovation", chance: chance), .init(outcome: "export", chance: chance)]
  }

  private func problem(seed: UInt64) -> (model: ScoringModel, firm: AnswerTable) {
    var generator = CounterBasedGenerator(seed: seed, purpose: "plan benchmark")
    let columns = (0..<capabilityCount).map {
      AnswerColumn(feature: Feature("c\($0)", .ordinal), capability: $0, topLevel: 4)
    }
    let training = AnswerTable(
      columns: columns,
      values: Matrix(rows: (0..<50).map { _ in columns.map { _ in Double(generator.index(below: 5)) } }))
    let design = DesignEncoding(
      learning: training, capabilityCount: capabilityCount, weights: [Double](repeating: 1, count: 50))
    let efforts = columns.map { _ in 0.5 * Double(1 + generator.index(below: 4)) }
    let outcomes = ["innovation", "export"].map { id in
      let slopes = columns.map { _ in (generator.uniform() < 0.3 ? 0.25 : 0.05) * generator.uniform() }
      func part(_ slopes: [Double]) -> LinearPart {
        LinearPart(intercept: -1.8 - 1.5 * slopes.reduce(0, +), coefficients: slopes)
      }
      let replicates = (0..<replicateCount).map { _ in
        part(slopes.map { max(0, $0 + 0.03 * generator.normal()) })
      }
      return OutcomeModel(id: id, kind: .binary, linearShare: 1, linear: part(slopes), linearReplicates: replicates)
    }
    let ratio = CrossRatio.estimate(
      probabilitiesI: [0.4, 0.6, 0.3, 0.7], probabilitiesE: [0.5, 0.5, 0.4, 0.6],
      targetsI: [false, true, false, true], targetsE: [false, true, true, false], weights: [200, 200, 100, 100])!
    let model = ScoringModel(
      columns: columns,
      capabilities: efforts.indices.map { CapabilityDescription(id: "c\($0)", effort: efforts[$0]) }, design: design,
      outcomes: outcomes,
      joint: JointModel(
        first: 0, second: 1, estimate: ratio,
        logReplicates: [Double](repeating: ratio.crossRatio.logValue, count: replicateCount)),
      record: ScoringRecord(settings: TrainingSettings(), outcomes: []))
    let firm = AnswerTable(
      columns: columns, values: Matrix(rows: [columns.map { _ in Double(generator.index(below: 3)) }]))
    return (model, firm)
  }
}
