import Foundation
import ModelEvaluation
import StatisticalLearning

extension GroupPriorities {
  /// A group, seen from a model of all the others.
  ///
  /// Source: Steyerberg and Harrell (2016), *Prediction models need appropriate internal, internal–external, and external
  /// validation*, J. Clin. Epidemiol. 69.
  public struct LeftOut: Sendable, Equatable, Codable {
    public let group: String
    /// Per outcome; `nil` where the group or the others have fewer than ``GroupPriorities/smallestClass`` firms of a
    /// class, and for a quantity.
    public let outcomes: [HeldOut?]
    /// How many of the first three capabilities (by the mean uplift over the group's firms, of both goals or of the only
    /// one) are also the first three by the model of the others; `nil` where no such model was made.
    public let keptOfFirstThree: Int?
  }

  public struct HeldOut: Sendable, Equatable, Codable {
    public let firmCount: Int
    /// The share of the group's firms that have the outcome, and the mean chance that the others' model gives them.
    public let share: Double
    public let meanPrediction: Double
    public let logLoss: Double
    /// Of the group's own share: what knowing nothing but that costs.
    public let baseLogLoss: Double
    public let areaUnderROC: Double?
    /// Slope of the log-odds; 1 is perfect, less says that the others' model is too sure here.
    public let calibrationSlope: Double?
  }
}

extension GroupPriorities.LeftOut {
  init(
    group: String, own: ScoringSurvey, others: ScoringSurvey, model: ScoringModel, trainer: ScoringTrainer,
    threadCount: Int
  ) throws {
    self.group = group
    let least = GroupPriorities.smallestClass
    guard others.outcomes.allSatisfy({ $0.hasEnough(least) }), own.outcomes.contains(where: { $0.hasEnough(least) })
    else {
      outcomes = own.outcomes.map { _ in nil }
      keptOfFirstThree = nil
      return
    }
    let theirs = try trainer.train(others)
    let predictions = FirmScorer(model: theirs).predictions(own.answers)
    outcomes = own.outcomes.indices.map {
      Self.heldOut(own.outcomes[$0], predictions[$0], weights: own.weights)
    }
    let first = Self.firstThree(model, own, threadCount)
    keptOfFirstThree = first.count < 3 ? nil : Set(first).intersection(Self.firstThree(theirs, own, threadCount)).count
  }

  private static func firstThree(_ model: ScoringModel, _ firms: ScoringSurvey, _ threadCount: Int) -> [Int] {
    let model = model.withoutReplicates
    let uplifts = AverageUplifts(
      model: model, firms: FirmSet(firms.answers, design: model.design), weights: firms.weights,
      threadCount: threadCount)
    let leading = (model.joint == nil ? uplifts.outcomes[0] : uplifts.both).map { $0[0] }
    let ranked = leading.indices.filter { model.capabilities[$0].isActionable && leading[$0].isFinite }
    return Array(ranked.sorted { leading[$0] == leading[$1] ? $0 < $1 : leading[$0] > leading[$1] }.prefix(3))
  }

  private static func heldOut(
    _ outcome: ScoringSurvey.Outcome, _ predictions: [Double], weights: [Double]
  ) -> GroupPriorities.HeldOut? {
    guard outcome.kind == .binary, outcome.hasEnough(GroupPriorities.smallestClass) else { return nil }
    let rows = outcome.targets.indices.filter { !outcome.targets[$0].isNaN }
    let targets = rows.map { outcome.targets[$0] }
    let chances = rows.map { min(max(predictions[$0], 1e-12), 1 - 1e-12) }
    let weights = rows.map { weights[$0] }
    guard let scored = try? BinaryPredictions(logOdds: chances.map(logit), outcomes: targets, weights: weights) else {
      return nil
    }
    let total = weights.reduce(0, +)
    func mean(_ value: (Int) -> Double) -> Double {
      rows.indices.reduce(0) { $0 + weights[$1] * value($1) } / total
    }
    let share = mean { targets[$0] }
    return GroupPriorities.HeldOut(
      firmCount: rows.count, share: share, meanPrediction: mean { chances[$0] },
      logLoss: mean { -log(targets[$0] == 1 ? chances[$0] : 1 - chances[$0]) },
      baseLogLoss: -(share * log(share) + (1 - share) * log(1 - share)),
      areaUnderROC: scored.areaUnderROC, calibrationSlope: scored.calibrationLine()?.slope)
  }
}

extension ScoringSurvey.Outcome {
  /// Whether each class (of a quantity: the known values) has at least so many firms.
  func hasEnough(_ count: Int) -> Bool {
    let known = targets.filter { !$0.isNaN }
    guard kind == .binary else { return known.count >= 2 * count && Set(known).count > 1 }
    let events = known.count { $0 == 1 }
    return min(events, known.count - events) >= count
  }
}
