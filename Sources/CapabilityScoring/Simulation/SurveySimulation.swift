import StatisticalLearning
import SurveyData

/// Makes surveys of invented firms whose truth is known: what would an estimator have to find?
///
/// Each item `i` of a capability in dimension `d` is answered by cutting a latent practice of firm `f`
///
/// ```
/// z = a g_f + b h_fd + c e_fi + shift_country,d − difficulty_i        g, h, e standard normal
/// level index = number of k in 0..<L−1 with z > (k + ½ − m(L−1)) / (s(L−1)/4)
/// ```
///
/// where `L` is the item's number of levels, `m` is `centre` and `s` is `spread` in levels of a five-level scale. The
/// outcomes depend on the *scores*, each capability's weighted mean of `level index − m(L−1)`, by ``TruthKind``, and on
/// each other by the cross-ratio `dependence`.
///
/// Every draw has a stream of its own, keyed by the seed, a purpose, a name and the firm's number. So more firms leave
/// the first ones as they are, and another item, country or missing answer changes no other draw.
public struct SurveySimulation: Sendable, Equatable {
  /// A pair of figures, one for each outcome.
  public struct Effect: Sendable, Hashable, Codable {
    public var innovation: Double
    public var export: Double

    public init(innovation: Double = 0, export: Double = 0) {
      self.innovation = innovation
      self.export = export
    }
  }

  /// How often an answer is missing, by reason.
  public struct MissingRates: Sendable, Hashable, Codable {
    public var dontKnow: Double
    public var refused: Double
    public var notApplicable: Double
    /// Firms with less practice of every kind know their answers less often: `dontKnow` is multiplied by `exp(−g/2)`.
    public var isInformative: Bool

    public init(dontKnow: Double = 0, refused: Double = 0, notApplicable: Double = 0, isInformative: Bool = false) {
      self.dontKnow = dontKnow
      self.refused = refused
      self.notApplicable = notApplicable
      self.isInformative = isInformative
    }

    public static let none = MissingRates()
  }

  /// Which columns tell the outcomes.
  public enum OutcomeForm: String, Sendable, Hashable, Codable {
    /// `innovation` and `export`, 0 or 1.
    case plain
    /// As a questionnaire asks: `new_product`, `new_process` (0 none, 1 new to the firm, 2 to the market) and
    /// `export_share`; and two filter questions that give an outcome away, on purpose: `new_sales`, asked of firms with
    /// something new, and `destinations`, asked of exporters.
    case questionnaire
  }

  public var firmCount: Int
  public var seed: UInt64
  /// Where the items and capabilities are from. All items must be ordered with two levels or more.
  public var questionnaire: Codebook
  /// Log-odds per level of a capability's score. A capability that is not named has none.
  public var effects: [String: Effect]
  /// Log-odds of a firm whose scores are 0, of the middle size class, in a country without a shift.
  public var intercept: Effect
  public var truthKind: TruthKind
  /// What is left between the outcomes given the scores and the context.
  public var dependence: CrossRatio

  /// Codes of the countries; firms fall into each with the same probability. Empty: no such column.
  public var countries: [String]
  /// The standard deviation of the countries' shifts of each dimension's latent practice.
  public var countryPracticeShift: Double
  /// The standard deviation of the countries' shifts of each outcome's log-odds.
  public var countryOutcomeShift: Double
  /// Whether there are the columns `size` (1…3) and `age` (years).
  public var includesContext: Bool
  /// Log-odds per size class.
  public var sizeEffect: Effect

  /// `a`: of the factor that all items share.
  public var commonLoading: Double
  /// `b`: of the factor that the items of a dimension share.
  public var dimensionLoading: Double
  /// `c`: of what is the item's own.
  public var itemLoading: Double
  /// `m`: where on the scale, from 0 to 1, the average firm is.
  public var centre: Double
  /// `s`: levels of a five-level scale per unit of the latent practice.
  public var spread: Double
  /// The standard deviation of the items' difficulties.
  public var difficultySpread: Double
  public var missing: MissingRates
  public var outcomeForm: OutcomeForm

  public init(
    firmCount: Int, seed: UInt64, questionnaire: Codebook, effects: [String: Effect], intercept: Effect,
    truthKind: TruthKind = .linear, dependence: CrossRatio = .independence, countries: [String] = [],
    countryPracticeShift: Double = 0, countryOutcomeShift: Double = 0, includesContext: Bool = false,
    sizeEffect: Effect = Effect(), commonLoading: Double = 0.55, dimensionLoading: Double = 0,
    itemLoading: Double = 0.85, centre: Double = 0.5, spread: Double = 1.1, difficultySpread: Double = 0,
    missing: MissingRates = .none, outcomeForm: OutcomeForm = .plain
  ) {
    self.firmCount = firmCount
    self.seed = seed
    self.questionnaire = questionnaire
    self.effects = effects
    self.intercept = intercept
    self.truthKind = truthKind
    self.dependence = dependence
    self.countries = countries
    self.countryPracticeShift = countryPracticeShift
    self.countryOutcomeShift = countryOutcomeShift
    self.includesContext = includesContext
    self.sizeEffect = sizeEffect
    self.commonLoading = commonLoading
    self.dimensionLoading = dimensionLoading
    self.itemLoading = itemLoading
    self.centre = centre
    self.spread = spread
    self.difficultySpread = difficultySpread
    self.missing = missing
    self.outcomeForm = outcomeForm
  }
}

/// Why a survey can't be simulated.
public enum SimulationError: Error, Sendable, Equatable, CustomStringConvertible {
  case noFirms(Int)
  case noCapabilities
  /// The item is a number, nominal, or has fewer than two levels.
  case itemWithoutLevels(String)
  /// The level's code is a text: a simulated file holds numbers.
  case levelWithoutNumber(item: String, code: String)
  /// The level's code is one that simulated files use for missing answers.
  case levelIsMissingCode(item: String, code: String)
  case unknownCapability(String, known: [String])
  case repeatedCountry(String)
  /// A setting outside of what it may be.
  case setting(String, value: Double, expected: String)

  public var description: String {
    switch self {
    case .noFirms(let count): "\(count) firms can't be simulated; expected 1 or more"
    case .noCapabilities: "the questionnaire has no capabilities to simulate"
    case .itemWithoutLevels(let item):
      "the item '\(item)' has no ordered levels; simulated items need a likert, ordinal or binary scale with levels"
    case .levelWithoutNumber(let item, let code):
      "the item '\(item)' has the level '\(code)'; simulated answers need numbers as codes"
    case .levelIsMissingCode(let item, let code):
      "the item '\(item)' has the level '\(code)', which stands for a missing answer in simulated files (−6 to −9)"
    case .unknownCapability(let id, let known):
      "effects are given for '\(id)', which is no capability of the questionnaire; it has \(known.joined(separator: ", "))"
    case .repeatedCountry(let code): "the country '\(code)' is named twice"
    case .setting(let name, let value, let expected): "\(name) is \(value); expected \(expected)"
    }
  }
}
