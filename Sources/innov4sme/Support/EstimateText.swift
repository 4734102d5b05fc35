import CapabilityScoring

/// Differences with their intervals, as tables show them.
enum EstimateText {
  /// `+6.9 [2.1; 11.0]`, in points of probability.
  static func points(_ estimate: FirmDiagnosis.Estimate) -> String {
    signed(estimate.value * 100, 1) + " [" + NumberText.decimal(estimate.lower * 100, 1) + "; "
      + NumberText.decimal(estimate.upper * 100, 1) + "]"
  }

  /// The same of a quantity.
  static func difference(_ estimate: FirmDiagnosis.Estimate) -> String {
    signed(estimate.value, 2) + " [" + NumberText.decimal(estimate.lower, 2) + "; "
      + NumberText.decimal(estimate.upper, 2) + "]"
  }

  static func signed(_ value: Double, _ decimals: Int) -> String {
    let text = NumberText.decimal(value, decimals)
    return text.hasPrefix("−") ? text : "+" + text
  }
}
