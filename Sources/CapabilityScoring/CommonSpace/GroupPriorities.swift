import Foundation
import ModelEvaluation
import StatisticalLearning

/// Which priorities hold in every group of firms (country, sector, size), and which differ.
///
/// Each group has a linear model of its own. Its mean uplifts of one step, over its firms, with their variances over
/// replicates, are compared by ``GroupComparison``: drawn together, tested for differences with the false-discovery rate
/// controlled. And each group is left out once: how well does a model of the others predict its firms, and does it put
/// capabilities in the same order?
///
/// Source of leaving groups out: Steyerberg and Harrell (2016), *Prediction models need appropriate internal,
/// internal–external, and external validation*, J. Clin. Epidemiol. 69.
public struct GroupPriorities: Sendable, Equatable {
  /// Fewer firms of an outcome's rarer class than this, and a group has no model of its own.
  public static let smallestClass = 20

  public struct Group: Sendable, Equatable, Codable {
    public let name: String
    public let firmCount: Int
    /// Per outcome, its firms that have it.
    public let eventCounts: [Int]
    /// Whether it has a model of its own; without one it is in no comparison.
    public let isCompared: Bool
  }

  /// A group, seen from a model of all the others.
  public struct LeftOut: Sendable, Equatable, Codable {
    public let group: String
    /// Per outcome; `nil` where the group or the others have one class only.
    public let outcomes: [HeldOut?]
    /// Kendall's τ-b of the mean uplifts (of both, or of the first outcome) by the group's own model and by the others';
    /// `nil` without a model of its own.
    public let orderAgreement: Double?
  }

  public struct HeldOut: Sendable, Equatable, Codable {
    public let logLoss: Double
    /// Of the group's own base rate: what knowing nothing but that costs.
    public let baseLogLoss: Double
    public let areaUnderROC: Double?
    /// Slope of the log-odds; 1 is perfect, less says that the others' model is too sure here.
    public let calibrationSlope: Double?
  }

  public let groups: [Group]
  /// Per outcome; capabilities are indices of the survey's.
  public let outcomes: [GroupComparison]
  /// Of the chance of both; `nil` when there are no two binary outcomes.
  public let both: GroupComparison?
  public let leftOut: [LeftOut]

  /// - Parameters:
  ///   - names: Of the groups.
  ///   - codes: Per firm, an index of `names`; −1 leaves the firm out.
  ///   - settings: The learner is always the linear one.
  /// - Throws: ``StatisticalLearning/TrainingError``.
  public init(_ survey: ScoringSurvey, names: [String], codes: [Int], settings: TrainingSettings) throws {
    precondition(codes.count == survey.firmCount, "\(codes.count) codes for \(survey.firmCount) firms")
    var settings = settings
    settings.learner = .logistic
    settings.calibration = .none
    let members = names.indices.map { group in codes.indices.filter { codes[$0] == group } }
    let surveys = members.map { survey.selectingRows($0) }
    let trainer = ScoringTrainer(settings: settings)
    var groups: [Group] = []
    var uplifts: [MeanUplifts?] = []
    for (name, own) in zip(names, surveys) {
      let isCompared = own.outcomes.allSatisfy { $0.hasEnough(weights: own.weights, Self.smallestClass) }
      groups.append(
        Group(
          name: name, firmCount: own.firmCount, eventCounts: own.outcomes.map { $0.targets.count { $0 == 1 } },
          isCompared: isCompared))
      uplifts.append(isCompared ? MeanUplifts(model: try trainer.train(own), answers: own.answers) : nil)
    }
    self.groups = groups
    let compared = names.indices.filter { uplifts[$0] != nil }
    func comparison(_ series: (MeanUplifts) -> [[Double]]) -> GroupComparison {
      let values = compared.map { series(uplifts[$0]!) }
      return GroupComparison(
        groups: compared.map { names[$0] },
        effects: survey.capabilities.indices.map { c in values.map { $0[c].first ?? .nan } },
        variances: survey.capabilities.indices.map { c in values.map { Self.variance($0[c].dropFirst()) } })
    }
    outcomes = survey.outcomes.indices.map { outcome in comparison { $0.outcomes[outcome] } }
    both = compared.contains { uplifts[$0]!.both != nil } ? comparison { $0.both! } : nil
    leftOut = try names.indices.map { group in
      let others = survey.selectingRows(codes.indices.filter { codes[$0] >= 0 && codes[$0] != group })
      guard others.outcomes.allSatisfy({ $0.hasEnough(weights: others.weights, 1) }) else {
        return LeftOut(group: names[group], outcomes: survey.outcomes.map { _ in nil }, orderAgreement: nil)
      }
      let model = try trainer.train(others)
      let own = surveys[group]
      let predictions = FirmScorer(model: model).predictions(own.answers)
      let scores = own.outcomes.indices.map { Self.heldOut(own.outcomes[$0], predictions[$0]) }
      let agreement = uplifts[group].map { mine -> Double? in
        let theirs = MeanUplifts(model: model, answers: own.answers)
        let usable = survey.capabilities.indices.filter { !mine.leading[$0].isNaN && !theirs.leading[$0].isNaN }
        return Self.kendall(usable.map { mine.leading[$0] }, usable.map { theirs.leading[$0] })
      }
      return LeftOut(group: names[group], outcomes: scores, orderAgreement: agreement ?? nil)
    }
  }

  private static func variance(_ values: ArraySlice<Double>) -> Double {
    guard values.count > 1, !values.contains(where: \.isNaN) else { return .nan }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    // A capability that no draw gives an effect would have a variance of 0; a hundredth of a point is below any interest.
    return max(squares / Double(values.count - 1), 1e-8)
  }

  private static func heldOut(_ outcome: ScoringSurvey.Outcome, _ predictions: [Double]) -> HeldOut? {
    guard outcome.kind == .binary else { return nil }
    let rows = outcome.targets.indices.filter { !outcome.targets[$0].isNaN }
    let events = rows.count { outcome.targets[$0] == 1 }
    guard events > 0, events < rows.count,
      let scored = try? BinaryPredictions(
        logOdds: rows.map { logit(min(max(predictions[$0], 1e-12), 1 - 1e-12)) },
        outcomes: rows.map { outcome.targets[$0] })
    else { return nil }
    let share = Double(events) / Double(rows.count)
    let loss = rows.reduce(0) { $0 - log(outcome.targets[$1] == 1 ? predictions[$1] : 1 - predictions[$1]) }
    return HeldOut(
      logLoss: loss / Double(rows.count), baseLogLoss: -(share * log(share) + (1 - share) * log(1 - share)),
      areaUnderROC: scored.areaUnderROC, calibrationSlope: scored.calibrationLine()?.slope)
  }

  /// τ-b; `nil` when one side has no two different values.
  static func kendall(_ a: [Double], _ b: [Double]) -> Double? {
    var (concordance, first, second) = (0.0, 0.0, 0.0)
    for i in a.indices {
      for j in a.indices where j > i {
        let (x, y) = ((a[i] - a[j]).sign(of: 1e-12), (b[i] - b[j]).sign(of: 1e-12))
        concordance += x * y
        first += x * x
        second += y * y
      }
    }
    return first > 0 && second > 0 ? concordance / (first * second).squareRoot() : nil
  }
}

extension Double {
  /// −1, 0 or 1; 0 within a tolerance.
  fileprivate func sign(of tolerance: Double) -> Double { self > tolerance ? 1 : (self < -tolerance ? -1 : 0) }
}

extension ScoringSurvey.Outcome {
  /// Whether each class (of a quantity: the known values) has at least so many firms of positive weight.
  fileprivate func hasEnough(weights: [Double], _ count: Int) -> Bool {
    let known = targets.indices.filter { weights[$0] > 0 && !targets[$0].isNaN }
    guard kind == .binary else { return known.count >= 2 * count && Set(known.map { targets[$0] }).count > 1 }
    let events = known.count { targets[$0] == 1 }
    return min(events, known.count - events) >= count
  }
}

/// The mean uplift of one step of each capability over the firms that have one left, by the model and by every replicate:
/// `[capability][1 + B]`; `NaN` where no firm has.
struct MeanUplifts: Sendable {
  /// Per outcome.
  let outcomes: [[[Double]]]
  let both: [[Double]]?

  /// The model's own mean uplifts of both, or of the first outcome.
  var leading: [Double] { (both ?? outcomes[0]).map { $0.first ?? .nan } }

  init(model: ScoringModel, answers: AnswerTable) {
    let engine = UpliftEngine(
      design: model.design, columns: model.columns, capabilities: model.capabilities, outcomes: model.outcomes)
    let filled = model.design.imputation.filled(answers)
    let design = model.design.design(for: answers).converted(to: .rowMajor)
    let trees = TreeRows.matrix(answers: answers, design: model.design).converted(to: .rowMajor)
    let width = model.capabilities.count
    let count = 1 + (model.outcomes.map(\.replicateCount).min() ?? 0)
    let seriesCount = model.outcomes.count + 1
    var sums = [[[Double]]](
      repeating: [[Double]](repeating: [Double](repeating: 0, count: count), count: width), count: seriesCount)
    var totals = [Double](repeating: 0, count: width)
    func scaled(_ raw: Double, _ outcome: Int) -> Double {
      model.outcomes[outcome].kind == .binary ? sigmoid(raw) : raw
    }
    for firm in 0..<answers.rowCount {
      let scores = engine.scores(
        firm: firm, filled: filled, designRows: design, treeRows: trees,
        steps: engine.steps(filled: filled.row(firm)))
      let base = model.outcomes.indices.map { o in (0..<count).map { scaled(scores.base[o][$0], o) } }
      for c in 0..<width where model.capabilities[c].isActionable && !scores.raised[0][c].isEmpty {
        totals[c] += 1
        for r in 0..<count {
          let raised = model.outcomes.indices.map { scaled(scores.raised[$0][c][r], $0) }
          for o in model.outcomes.indices { sums[o][c][r] += raised[o] - base[o][r] }
          guard let joint = model.joint else { continue }
          let ratio = joint.crossRatio(replicate: r)
          sums[seriesCount - 1][c][r] +=
            ratio.jointProbability(raised[joint.first], raised[joint.second])
            - ratio.jointProbability(base[joint.first][r], base[joint.second][r])
        }
      }
    }
    let means = sums.map { series in
      series.indices.map { c in series[c].map { totals[c] > 0 ? $0 / totals[c] : .nan } }
    }
    outcomes = Array(means.dropLast())
    both = model.joint == nil ? nil : means[seriesCount - 1]
  }
}
