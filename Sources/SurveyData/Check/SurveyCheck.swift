import Foundation

/// Everything that tells whether a survey is fit to train on, and what in it leaks.
///
/// Made by ``run(table:codebook:outcomes:)``; printed by ``SurveyCheckText``; encodes to JSON with ``json()``.
public struct SurveyCheck: Sendable, Equatable, Encodable {
  /// How the file was read.
  public struct Reading: Sendable, Equatable, Encodable {
    public var name: String
    public var format: String
    public var encoding: String?
    public var delimiter: String?
    public var decimalSeparator: String?
    public var headerRowCount: Int?
    public var remarks: [String]
    public var rowCount: Int
    public var columnCount: Int
  }

  /// One column of the file.
  public struct Column: Sendable, Equatable, Encodable {
    public enum Use: String, Sendable, Codable { case item, context, outcome, design, leak, unused }

    public var column: String
    public var use: Use
    /// The kind and its levels, as the codebook says or as inferred.
    public var description: String
  }

  public struct DuplicateID: Sendable, Equatable, Encodable {
    public var id: String
    public var count: Int
    /// The first rows, from 0.
    public var firstRows: [Int]
  }

  public struct Outcome: Sendable, Equatable, Encodable {
    public var id: String
    public var name: LocalizedText
    public var kind: Codebook.Outcome.Kind
    public var rule: String
    /// Firms whose outcome is known.
    public var knownCount: Int
    /// Of a yes-or-no outcome: firms that have it.
    public var yesCount: Int?
    /// The share of yes, or the mean; `nil` when no firm's outcome is known.
    public var mean: Double?
    /// With the sampling weights, where there are some.
    public var weightedMean: Double?
    /// Of an ordered or continuous outcome.
    public var range: NumericRange?
    /// Firms whose outcome is not known, by reason.
    public var missing: [String: Int]
  }

  /// Two yes-or-no outcomes side by side.
  public struct Pair: Sendable, Equatable, Encodable {
    public var first: String
    public var second: String
    public var both: Int
    public var firstOnly: Int
    public var secondOnly: Int
    public var neither: Int
    public var oddsRatio: OddsRatio
    /// With the sampling weights, where there are some.
    public var weightedOddsRatio: OddsRatio?
  }

  public struct Missing: Sendable, Equatable, Encodable {
    public var column: String
    public var answeredCount: Int
    /// Cells by reason.
    public var reasons: [String: Int]

    public var missingCount: Int { reasons.values.reduce(0, +) }
  }

  /// Firms that answered every question, and what keeping only them would cost.
  public struct CompleteRows: Sendable, Equatable, Encodable {
    public var count: Int
    /// Standard errors would be so many times as large; `nil` when no firm is complete.
    public var standardErrorFactor: Double?
    /// Per yes-or-no outcome, its share among all firms and among the complete ones.
    public var shares: [Share]

    public struct Share: Sendable, Equatable, Encodable {
      public var outcome: String
      public var all: Double
      /// `nil` when no complete firm's outcome is known.
      public var complete: Double?
    }
  }

  /// Whether there are firms enough for one way to model an outcome.
  public struct SampleSizeVerdict: Sendable, Equatable, Encodable {
    public var outcome: String
    /// What is modelled: `capability scores`, `all items`.
    public var model: String
    public var size: SampleSize
    public var needed: Int
    /// Firms whose outcome is known.
    public var available: Int
    /// Firms with the rarer of the two values.
    public var eventCount: Int
    /// The parameters that the firms at hand carry by the first criterion.
    public var parametersAllowed: Int

    public var isEnough: Bool { available >= needed }
  }

  public var reading: Reading
  /// Whether the codebook says that the firms are invented.
  public var isSimulated: Bool
  /// Whether kinds were inferred because there is no codebook.
  public var isInferred: Bool
  public var columns: [Column]
  /// Cells that can't be read, those with the most cells first.
  public var problems: [EncodingProblem]
  public var warnings: [String]
  public var duplicateIDs: [DuplicateID]
  /// Rows that repeat an earlier row cell by cell, from 0.
  public var repeatedRows: [Int]
  public var outcomes: [Outcome]
  public var pairs: [Pair]
  /// Columns with missing cells, in the order of the file.
  public var missing: [Missing]
  public var completeRows: CompleteRows
  public var constantColumns: [String]
  /// Columns that split the firms alike, whatever they call the parts.
  public var duplicatedColumns: [[String]]
  public var leakage: [Leakage]
  /// Columns that leak and that the codebook (or the inference) makes features.
  public var leakingFeatures: [String: [String]]
  public var sampleSizes: [SampleSizeVerdict]

  /// The columns that give an outcome away: what training refuses.
  public func leakingColumns(for outcome: String) -> Set<String> {
    leakage.first { $0.outcome == outcome }?.leakingColumns ?? []
  }

  /// The check as JSON: keys in alphabetical order, so that the same survey gives the same bytes.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}
