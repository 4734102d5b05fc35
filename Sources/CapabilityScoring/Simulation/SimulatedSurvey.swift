import SurveyData

/// A survey of invented firms: what a file of it holds, what its columns mean, and the truth behind it.
public struct SimulatedSurvey: Sendable {
  /// As a reader gives it: missing answers are still the codes that ``codebook`` names.
  public let table: SurveyTable
  /// Marked as simulated.
  public let codebook: Codebook
  public let truth: SimulatedTruth

  /// The table as CSV (RFC 4180, comma, decimal point, one header row).
  public func csv() -> String {
    var writer = CSVWriter()
    writer.append(table)
    return writer.text
  }

  /// The codebook as YAML, with a first line that says what it is.
  public func codebookYAML() -> String {
    "# SIMULATED: the firms of this survey are invented. Written by innov4sme simulate.\n" + codebook.yaml()
  }
}
