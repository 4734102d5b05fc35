/// What a model has learned about capabilities, with its uncertainty: the results of ``ScoringExplainer``.
///
/// All figures of binary outcomes are in probability. Intervals are over the model's replicates unless said otherwise.
public struct ScoringExplanation: Sendable, Equatable, Codable {
  /// One capability, or one column that measures none.
  public struct Entry: Sendable, Equatable, Codable {
    public var id: String
    public var isCapability: Bool
    /// One per outcome.
    public var outcomes: [OutcomeEntry]
    /// The uplift of the probability of both by one step, or the contrast when there is no survey.
    public var both: FirmDiagnosis.Estimate?
    /// The share of firms that have a step left; `nil` without a survey.
    public var stepShare: Double?
    /// `nil` for what can't be acted upon.
    public var place: Place?
  }

  public struct OutcomeEntry: Sendable, Equatable, Codable {
    /// The mean over firms of how far it moves the prediction from the reference firm's, up or down.
    public var importance: FirmDiagnosis.Estimate?
    /// The prediction for the reference firm at the capability's upper quartile, less that at the lower.
    public var contrast: FirmDiagnosis.Estimate?
    /// The mean uplift of one step over the firms that have one left.
    public var uplift: FirmDiagnosis.Estimate?
    /// How much the metric drops when its answers are shuffled among firms; the interval is over shuffles (and folds).
    public var drop: FirmDiagnosis.Estimate?
    /// Shares of the trees' gain and cover; `nil` without trees.
    public var gainShare: Double?
    public var coverShare: Double?
    /// The share of the gain beyond that of trees grown on shuffled outcomes, and how often those gain as much; `nil`
    /// unless asked for.
    public var excessGainShare: Double?
    public var gainPValue: Double?
  }

  /// Where a capability stands among those that can be acted upon.
  public struct Place: Sendable, Equatable, Codable {
    public var rank: Int
    /// Where the middle `level` of the replicates place it.
    public var rankLower: Int
    public var rankUpper: Int
    /// Its confidence set for ranks: see ``RankConfidenceSets``.
    public var setLower: Int
    public var setUpper: Int
    public var probabilityOfFirstThree: Double
    /// Capabilities of one number are not told apart from the first of them.
    public var tieGroup: Int
    /// To which goals it belongs by its mean uplift (or contrast), and the share of replicates that agree.
    public var space: CapabilitySpace
    public var spaceAgreement: Double
  }

  public struct Outcome: Sendable, Equatable, Codable {
    public var id: String
    public var kind: OutcomeModel.Kind
    public var learner: TrainingSettings.Learner
    public var reference: FirmDiagnosis.Estimate
    /// The firms' mean prediction; `nil` without a survey.
    public var meanPrediction: FirmDiagnosis.Estimate?
    /// The metric on the firms before any shuffle; `nil` without their outcomes.
    public var metric: Double?
  }

  /// Kendall's τ of the orders that two measures give the capabilities.
  public struct Agreement: Sendable, Equatable, Codable {
    public var outcome: String
    public var first: String
    public var second: String
    public var tau: Double
  }

  public var outcomes: [Outcome]
  /// Capabilities by their place, those that can't be acted upon after them; then the other columns.
  public var entries: [Entry]
  public var agreements: [Agreement]
  public var pairs: [PairSynergy]
  public var complementarity: PracticeComplementarity?
  public var shapes: CapabilityShapes?
  /// How capabilities lie to each other; `nil` unless asked for, or with fewer than three.
  public var map: CapabilityAtlas?
  /// Firms that averages are over; 0 without a survey.
  public var firmCount: Int
  /// Firms of the survey.
  public var surveyFirmCount: Int
  public var replicateCount: Int
  public var level: Double
  public var metric: ImportanceMetric
  public var repeatCount: Int
  /// Whether the drops are on firms that the models behind them had not seen.
  public var isHeldOut: Bool
  /// What the firms share among which answers were shuffled; `nil` when among all.
  public var shuffledWithin: String?
}
