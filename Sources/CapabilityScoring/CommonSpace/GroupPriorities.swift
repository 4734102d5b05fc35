import StatisticalLearning

/// Which priorities hold in every group of firms (country, sector, size), and which differ.
///
/// A model of all firms is the common part. What a group's own firms say beyond it is, for each capability *c* and group
/// *g*, the departure γ of
///
/// ```
/// log-odds of firm i of g = η_i + a + γ (ℓ_ic − ℓ̄_gc)
/// ```
///
/// with `η_i` the model's log-odds, `ℓ_ic` the firm's level as a share of the range, *a* the group's own base rate, both
/// estimated by Firth's method: interactions one capability at a time, the rest as in the common model. Departures are
/// drawn toward their mean and tested for differences by ``GroupComparison``, the false-discovery rate controlled over the
/// capabilities of a goal, and what they differ from their mean by is added to the common model and put into points: the
/// mean uplift of one step over the group's firms. A model per group
/// would need many more firms; and as its coefficients may not be negative, their mean over groups without any
/// association would still be positive.
///
/// And each group is left out once (``LeftOut``): how well does a model of the others predict its firms?
public struct GroupPriorities: Sendable, Equatable {
  /// A group with fewer firms of an outcome's rarer class than this is not compared for it.
  public static let smallestClass = 10
  /// The false-discovery rate at which groups are said to differ.
  public static let falseDiscoveryRate = 0.1

  public struct Group: Sendable, Equatable, Codable {
    public let name: String
    /// Of positive weight.
    public let firmCount: Int
    /// Per outcome, its firms that have it (of a quantity: whose value is known).
    public let eventCounts: [Int]
  }

  public enum Verdict: String, Sendable, Hashable, Codable {
    /// The common uplift is beyond noise, in each group the figure drawn toward it is, and the group's own firms point the
    /// same way; no sign that groups differ.
    case holdsInEveryGroup
    /// Groups differ beyond noise.
    case differs
    /// Neither can be said.
    case undecided
  }

  public struct Effect: Sendable, Equatable, Codable {
    public let group: String
    /// γ, in log-odds (of a quantity: its unit) from the lowest to the highest level, and its standard error.
    public let departure: Double
    public let standardError: Double
    /// How far the departure was drawn to the groups' mean, from 0 (not at all) to 1.
    public let shrinkage: Double
    /// The mean uplift over the group's firms by the common model, by the group's own firms alone, and by the common
    /// model with as much of the group's departure as is sure.
    public let common: FirmDiagnosis.Estimate
    public let own: FirmDiagnosis.Estimate
    public let shrunken: FirmDiagnosis.Estimate
  }

  public struct Entry: Sendable, Equatable, Codable {
    /// Index of the capability.
    public let capability: Int
    /// The common model's mean uplift over the firms of all groups that are compared.
    public let common: FirmDiagnosis.Estimate
    public let effects: [Effect]
    /// The standard deviation of departures between groups, and Cochran's test that there is none.
    public let betweenGroupDeviation: Double
    public let pValue: Double
    public let adjustedPValue: Double
    public let verdict: Verdict
  }

  public struct Comparison: Sendable, Equatable, Codable {
    /// The id of an outcome, or "both".
    public let goal: String
    public let isBinary: Bool
    /// Groups that are compared.
    public let groups: [String]
    /// The greatest common uplift first; empty with fewer than two groups.
    public let entries: [Entry]
  }

  public let groups: [Group]
  /// Each outcome, then the chance of both where there is one.
  public let comparisons: [Comparison]
  public let leftOut: [LeftOut]
  /// The learner of the models of all other groups.
  public let leftOutLearner: TrainingSettings.Learner

  /// - Parameters:
  ///   - model: Of all firms: the one whose priorities are compared.
  ///   - survey: The firms, with the model's outcomes.
  ///   - names: Of the groups.
  ///   - codes: Per firm, an index of `names`; −1 leaves the firm out.
  ///   - level: Of intervals.
  ///   - progress: Told what is at work.
  /// - Throws: ``StatisticalLearning/TrainingError``.
  public init(
    model: ScoringModel, survey: ScoringSurvey, names: [String], codes: [Int], level: Double = 0.9,
    threadCount: Int = Parallel.defaultThreadCount, progress: ((String) -> Void)? = nil
  ) throws {
    precondition(codes.count == survey.firmCount, "\(codes.count) codes for \(survey.firmCount) firms")
    precondition(survey.outcomes.map(\.id) == model.outcomes.map(\.id), "a survey of other outcomes")
    let counted = codes.indices.filter { survey.weights[$0] > 0 && codes[$0] >= 0 }
    let usesWeights = model.record.settings.usesWeights
    let members = names.indices.map { group in counted.filter { codes[$0] == group } }
    let surveys = members.map { rows -> ScoringSurvey in
      let own = survey.selectingRows(rows)
      return usesWeights ? own : own.weighted(by: rows.map { _ in 1 })
    }
    groups = zip(names, surveys).map { name, own in
      Group(
        name: name, firmCount: own.firmCount,
        eventCounts: own.outcomes.map { outcome in
          outcome.targets.count { outcome.kind == .binary ? $0 == 1 : !$0.isNaN }
        })
    }
    progress?("departures of groups")
    let study = GroupDepartures(model: model, names: names, surveys: surveys, level: level, threadCount: threadCount)
    comparisons = study.comparisons()

    var settings = model.record.settings
    let learners = Set(model.record.outcomes.map(\.learner))
    settings.learner = learners.count == 1 ? learners.first! : .logistic
    settings.calibration = .none
    settings.repeats = 1
    settings.bootstrap = 0
    settings.threadCount = threadCount
    leftOutLearner = settings.learner
    let trainer = ScoringTrainer(settings: settings)
    leftOut = try names.indices.map { group in
      progress?("\(names[group]): a model of the others")
      return try LeftOut(
        group: names[group], own: surveys[group],
        others: survey.selectingRows(counted.filter { codes[$0] != group }), model: model, trainer: trainer,
        threadCount: threadCount)
    }
  }
}
