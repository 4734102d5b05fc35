/// What a benchmark found: candidates × outcomes × metrics with intervals, and the curves behind them.
///
/// A value without clock or machine, so that the same data, seed and settings give the same bytes.
public struct BenchmarkResult: Sendable, Equatable, Codable {
  /// One setting as it was used, for the record.
  public struct Setting: Sendable, Equatable, Codable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public var title: String
  public var settings: [Setting]
  /// What a reader must know: failures, rows left out, what an interval does not cover.
  public var notes: [String]
  public var rowCount: Int
  /// How rows were split, in words.
  public var protocolDescription: String
  public var level: Double
  public var outcomes: [Outcome]
  /// Other bounds of outcomes' rules; empty when not asked for.
  public var cutOffs: [CutOff] = []
  /// Agreement of training sets on what comes first; `nil` when not asked for.
  public var stability: Stability?

  public init(
    title: String, settings: [Setting] = [], notes: [String] = [], rowCount: Int, protocolDescription: String,
    level: Double, outcomes: [Outcome]
  ) {
    self.title = title
    self.settings = settings
    self.notes = notes
    self.rowCount = rowCount
    self.protocolDescription = protocolDescription
    self.level = level
    self.outcomes = outcomes
  }

  public struct Outcome: Sendable, Equatable, Codable {
    public var name: String
    public var kind: BenchmarkOutcome.Kind
    /// Rows of positive weight whose outcome is known.
    public var rowCount: Int
    /// The weighted share of the outcome, or its mean.
    public var baseRate: Double
    public var candidates: [Candidate]
    /// Each candidate minus the reference, on the same folds.
    public var differences: [Difference]
    /// Pairs that were asked for by name, such as a model with a constraint minus the same without.
    public var contrasts: [Difference]
    /// What no model could exceed if this share of firms misreported a binary outcome.
    public var ceilings: [Ceiling]
  }

  /// The largest AUC that a model could have, were the given share of each class reported as the other.
  public struct Ceiling: Sendable, Equatable, Codable {
    public var misreportedShare: Double
    public var area: Double
  }

  /// How a candidate does when the outcome's bound is set elsewhere.
  public struct CutOff: Sendable, Equatable, Codable {
    public var outcome: String
    /// The rule in use, such as `export_share >= 0.25`.
    public var rule: String
    public var rowCount: Int
    public var baseRate: Double
    public var candidate: String
    public var metrics: [Metric]

    public init(
      outcome: String, rule: String, rowCount: Int, baseRate: Double, candidate: String, metrics: [Metric]
    ) {
      self.outcome = outcome
      self.rule = rule
      self.rowCount = rowCount
      self.baseRate = baseRate
      self.candidate = candidate
      self.metrics = metrics
    }

    public func metric(_ metric: BenchmarkMetric) -> Metric? { metrics.first { $0.metric == metric } }
  }

  /// How far models of different training sets agree on what comes first.
  public struct Stability: Sendable, Equatable, Codable {
    public struct Item: Sendable, Equatable, Codable {
      public var name: String
      /// In how many training sets it is among the first, as a share.
      public var shareAmongFirst: Double
      /// Its mean rank over training sets.
      public var meanRank: Double

      public init(name: String, shareAmongFirst: Double, meanRank: Double) {
        self.name = name
        self.shareAmongFirst = shareAmongFirst
        self.meanRank = meanRank
      }
    }

    /// What is ordered, and by what.
    public var description: String
    public var trainingSetCount: Int
    /// How many places count as first.
    public var firstCount: Int
    /// Nogueira's Φ of the sets of first items over all firms: 1 when all training sets agree, 0 for random choices.
    public var selection: Double?
    /// The same for one firm, averaged over firms.
    public var selectionByFirm: Double?
    /// Kendall's W of the orders.
    public var concordance: Double?
    /// By mean rank.
    public var items: [Item]

    public init(
      description: String, trainingSetCount: Int, firstCount: Int, selection: Double?, selectionByFirm: Double?,
      concordance: Double?, items: [Item]
    ) {
      self.description = description
      self.trainingSetCount = trainingSetCount
      self.firstCount = firstCount
      self.selection = selection
      self.selectionByFirm = selectionByFirm
      self.concordance = concordance
      self.items = items
    }
  }

  public struct Candidate: Sendable, Equatable, Codable {
    public var name: String
    /// Why the candidate has no results; `nil` when it has.
    public var failure: String?
    public var metrics: [Metric]
    public var calibration: [CalibrationCurvePoint]
    public var rocCurve: [ROCPoint]
    public var decisionCurve: [DecisionCurvePoint]
    public var groups: [Group]
    public var learningCurve: LearningCurve?
    /// The share of random orders of the outcome that do at least as well, by AUC (R²); `nil` when not asked for.
    public var permutationPValue: Double?
    /// How prediction sets did, calibrated on the other folds; the mean over repeats. `nil` for a continuous outcome.
    public var conformal: ConformalCoverage?
    /// By refitting on bootstrap samples of all firms; empty when not asked for.
    public var bootstrap: [BootstrapEstimate]

    public func metric(_ metric: BenchmarkMetric) -> Metric? { metrics.first { $0.metric == metric } }
  }

  public struct Metric: Sendable, Equatable, Codable {
    public enum Method: String, Sendable, Codable {
      /// The mean over folds, with Nadeau and Bengio's corrected variance.
      case correctedResampling
      /// All test rows of a repeat together; the variance is over rows, with models held fixed.
      case pooledRows
      /// All test rows of a repeat together; no interval.
      case pointOnly
    }
    public var metric: BenchmarkMetric
    public var value: Double
    public var interval: IntervalEstimate?
    public var method: Method
    /// The value of each fold, repeat by repeat; `nil` where the fold does not define it. Empty unless averaged over folds.
    public var foldValues: [Double?]
  }

  public struct Difference: Sendable, Equatable, Codable {
    public var candidate: String
    public var reference: String
    public var metric: BenchmarkMetric
    public var interval: IntervalEstimate
    public var pValue: Double
    /// In how many folds the candidate was strictly better, and in how many both were defined.
    public var foldsWon: Int
    public var foldsCompared: Int
  }

  public struct BootstrapEstimate: Sendable, Equatable, Codable {
    public var metric: BenchmarkMetric
    public var validation: BootstrapValidation
  }

  public struct Group: Sendable, Equatable, Codable {
    /// The grouping column, such as `country`.
    public var column: String
    public var name: String
    public var rowCount: Int
    public var baseRate: Double
    /// AUC with its interval over rows, or R² without one; `nil` when the group doesn't define it.
    public var discrimination: IntervalEstimate?
    /// Log-loss, or the mean squared error.
    public var loss: Double
    /// The constant that log-odds (values) of this group are off by; `nil` when undefined.
    public var calibrationInTheLarge: IntervalEstimate?
  }

  /// A metric against the number of rows learned from.
  public struct LearningCurve: Sendable, Equatable, Codable {
    public struct Point: Sendable, Equatable, Codable {
      public var trainingRowCount: Double
      public var value: IntervalEstimate
    }
    public var metric: BenchmarkMetric
    public var points: [Point]
    public var fit: InversePowerLaw?
    /// How many firms in all would halve the interval of the last point; `nil` when the curve does not tell.
    public var rowCountToHalveInterval: Double?
  }

  public func outcome(_ name: String) -> Outcome? { outcomes.first { $0.name == name } }
}
