import Foundation

/// What is true of a simulated survey and what an estimator would have to find.
///
/// A *step* of a capability raises each of its items by one level, at most to the top. Uplifts are of the firm's true
/// answers, also where the survey lost them.
public struct SimulatedTruth: Sendable, Equatable, Codable {
  public struct Firm: Sendable, Equatable, Codable {
    public var id: String
    /// True probabilities.
    public var innovation: Double
    public var export: Double
    public var both: Double
    /// What one step adds to each, one per capability; `nil` where every item is at the top already.
    public var innovationUplift: [Double?]
    public var exportUplift: [Double?]
    public var bothUplift: [Double?]
    /// What one step adds to P(innovation) · P(export).
    public var productUplift: [Double?]
    /// Capabilities by the smaller of the two uplifts, the best first; equal ones by the uplift of the product.
    public var orderBySmaller: [String]
    /// Capabilities by the uplift of P(innovation) · P(export), the best first.
    public var orderByProduct: [String]
  }

  /// Always true: no one may take these firms for real ones.
  public var isSimulated = true
  public var seed: UInt64
  public var kind: TruthKind
  /// In the order of the uplifts.
  public var capabilities: [String]
  /// Log-odds per level of the score, one per capability.
  public var effects: [SurveySimulation.Effect]
  public var intercept: SurveySimulation.Effect
  public var sizeEffect: SurveySimulation.Effect
  /// Of the log-odds, by country.
  public var countryShifts: [String: SurveySimulation.Effect]
  /// ψ of the outcomes given everything else.
  public var crossRatio: Double
  /// Columns that give an outcome away, on purpose.
  public var leaks: [String]
  public var firms: [Firm]

  /// The truth as JSON, one firm per line, figures rounded to 6 decimals.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func text(_ value: some Encodable) throws -> String { String(decoding: try encoder.encode(value), as: UTF8.self) }
    var header = self
    header.firms = []
    let rounded = try firms.map { try text($0.rounded()) }
    let list = "\"firms\":[\n" + rounded.joined(separator: ",\n") + "\n]"
    return try text(header).replacingOccurrences(of: "\"firms\":[]", with: list) + "\n"
  }
}

extension SimulatedTruth.Firm {
  fileprivate func rounded() -> Self {
    func round(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
    func round(_ values: [Double?]) -> [Double?] { values.map { $0.map(round) } }
    var firm = self
    firm.innovation = round(innovation)
    firm.export = round(export)
    firm.both = round(both)
    firm.innovationUplift = round(innovationUplift)
    firm.exportUplift = round(exportUplift)
    firm.bothUplift = round(bothUplift)
    firm.productUplift = round(productUplift)
    return firm
  }
}
