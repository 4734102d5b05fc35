import CapabilityScoring
import SurveyData

/// A column of the survey as the `columns` form of a graph takes it: the answers as they stand in the file.
///
/// A column whose codes are all numbers is taken as numbers, `NaN` where the cell is empty; any other as text, empty where
/// the cell is. A code that is not known is a missing answer, as it is to `predict`. Texts are compared as the codebook
/// writes them; a text that stands for a reason in a column of numbers (`Ns/Nc` among quantities) must be given as `NaN`,
/// and its reason is then a blank.
public struct SurveyInput: Sendable, Hashable, Codable {
  /// Codes that stand for one answer, or for one reason why there is none.
  public struct Meaning: Sendable, Hashable, Codable {
    public var code: String
    /// The level's place; `nil` for a reason.
    public var level: Int?
    /// The raw value of a `MissingReason`; `nil` for an answer.
    public var reason: UInt8?
  }

  /// The column's name in the file, and of the graph's input.
  public var column: String
  public var isText: Bool
  /// Whether numbers that are no code are answers.
  public var isQuantity: Bool
  /// Every code once; of those with the same meaning the usual one first.
  public var meanings: [Meaning]

  public init(column: String, isText: Bool, isQuantity: Bool, meanings: [Meaning]) {
    self.column = column
    self.isText = isText
    self.isQuantity = isQuantity
    self.meanings = meanings
  }

  init(_ feature: EncodedFeature, codebook: Codebook) {
    let variable = (codebook.items + codebook.context).first { $0.id == feature.id }
    // Later ones win, as they do for the reader.
    var order: [AnswerCode] = []
    var meanings: [AnswerCode: Meaning] = [:]
    func add(_ code: AnswerCode, level: Int? = nil, reason: UInt8? = nil) {
      if meanings[code] == nil { order.append(code) }
      meanings[code] = Meaning(code: code.text, level: level, reason: reason)
    }
    for entry in codebook.missing { for code in entry.codes { add(code, reason: entry.reason.rawValue) } }
    for (place, level) in feature.levels.enumerated() { for code in level.codes { add(code, level: place) } }
    for entry in variable?.missing ?? [] { for code in entry.codes { add(code, reason: entry.reason.rawValue) } }
    let isQuantity = feature.kind == .numeric
    // A survey's general codes may be texts that a column of numbers never has; what levels are written as decides.
    let isText = !isQuantity && feature.levels.contains { $0.codes.contains { $0.number == nil } }
    if !isText { order = order.filter { $0.number != nil } }
    self.init(column: feature.column, isText: isText, isQuantity: isQuantity, meanings: order.map { meanings[$0]! })
  }

  /// What the graph compares with: the code itself where columns are numbers, its place where they are texts.
  func key(_ index: Int) -> Double { isText ? Double(index) : AnswerCode(meanings[index].code).number ?? .infinity }

  /// A number or text that is no code, where there is one.
  static let unknownText = "\u{1}"
  static let unknownNumber = -9.87654321e8
}

extension SurveyEncoding {
  /// How each feature's column is read, in the order of the features.
  public var surveyInputs: [SurveyInput] { features.map { SurveyInput($0, codebook: codebook) } }
}
