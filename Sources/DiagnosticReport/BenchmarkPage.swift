import ModelEvaluation

/// The page of `benchmark`: one self-contained HTML document, from results alone. Text, tables and inline SVG; no script, no
/// address outside, readable on paper.
public enum BenchmarkPage {
  /// At most this many candidates share one chart; the tables hold all of them.
  static let curveLimit = 6

  /// - Parameter footer: A line at the end, such as the version of the tool; plain text.
  public static func html(_ result: BenchmarkResult, footer: String = "") -> String {
    let title = BenchmarkMarkup.escaped(result.title)
    var page = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title)</title>
      <style>
      \(BenchmarkStyle.sheet)
      </style>
      </head>
      <body>
      <main>
      <h1>\(title)</h1>
      <p class="lead">\(result.rowCount) firms; \(BenchmarkMarkup.escaped(result.protocolDescription)). \
      Every candidate was trained and tested on the same folds; intervals are at \(percent(result.level)).</p>

      """
    if !result.notes.isEmpty {
      page += "<ul class=\"notes\">\n"
      page += result.notes.map { "<li>\(BenchmarkMarkup.escaped($0))</li>\n" }.joined() + "</ul>\n"
    }
    if result.outcomes.count > 1 {
      page += "<nav><ul>\n"
      for (index, outcome) in result.outcomes.enumerated() {
        page += "<li><a href=\"#outcome-\(index + 1)\">\(BenchmarkMarkup.escaped(outcome.name))</a></li>\n"
      }
      page += "</ul></nav>\n"
    }
    page += BenchmarkOverview(result: result).html
    for (index, outcome) in result.outcomes.enumerated() {
      page += BenchmarkSection(outcome: outcome, number: index + 1, level: result.level).html
    }
    page += BenchmarkTables.cutOffs(result)
    page += BenchmarkTables.stability(result)
    page += reading(result)
    if !result.settings.isEmpty {
      page += "<section>\n<h2>Settings</h2>\n<dl>\n"
      for setting in result.settings {
        page += "<dt>\(BenchmarkMarkup.escaped(setting.name))</dt><dd>\(BenchmarkMarkup.escaped(setting.value))</dd>\n"
      }
      page += "</dl>\n</section>\n"
    }
    if !footer.isEmpty { page += "<footer>\(BenchmarkMarkup.escaped(footer))</footer>\n" }
    return page + "</main>\n</body>\n</html>\n"
  }

  static func percent(_ share: Double) -> String {
    let number = share * 100
    return abs(number - number.rounded()) < 1e-9 ? "\(Int(number.rounded())) %" : "\(BenchmarkResult.text(number, 1)) %"
  }

  /// How to read the numbers, without which they mislead.
  private static func reading(_ result: BenchmarkResult) -> String {
    var items: [String] = []
    let isBinary = result.outcomes.contains { $0.kind == .binary }
    if isBinary {
      items += [
        "<b>AUC</b>: the chance that a firm with the outcome is ranked above one without; 0.5 is chance, 1 is perfect.",
        "<b>Log-loss</b> and <b>Brier score</b>: errors of the probabilities; lower is better.",
        "<b>Calibration slope</b> below 1: probabilities too far apart; above 1: too close together. <b>Calibration "
          + "intercept</b> above 0: probabilities too low on average.",
        "<b>Net benefit</b>: firms with the outcome that are found, minus those called in error at the exchange rate that "
          + "the threshold implies, per firm.",
      ]
    }
    if result.outcomes.contains(where: { $0.kind == .ordered }) {
      items.append(
        "<b>Ranked probability score</b>: the squared error of the chances of being at or below each level, averaged; "
          + "0 is perfect, and a near miss counts less than a far one. Chances of levels follow from the prediction by "
          + "proportional odds that were learned from held-out firms of the other folds.")
    }
    if result.outcomes.contains(where: { $0.kind != .binary }) {
      items.append(
        "<b>R²</b>: the share of variance explained on firms that were not learned from; it can be negative.")
    }
    let methods = Set(result.outcomes.flatMap { $0.candidates.flatMap { $0.metrics.map(\.method) } })
    if methods.contains(.correctedResampling) {
      items.append(
        "Intervals of metrics that are averaged over folds use the corrected variance of Nadeau and Bengio (2003), because "
          + "folds share training rows.")
    }
    if methods.contains(.pooledRows) {
      items.append(
        "Intervals over rows hold the trained models fixed: they tell how much the firms, not the training, vary.")
    }
    items.append("A difference whose interval holds 0 is not shown to be one. All figures are associations.")
    return "<section>\n<h2>How to read this</h2>\n<ul>\n" + items.map { "<li>\($0)</li>\n" }.joined()
      + "</ul>\n</section>\n"
  }
}

/// The look of the page: plain, light, and the same on paper.
enum BenchmarkStyle {
  static let sheet = """
    :root { color-scheme: light; }
    * { box-sizing: border-box; }
    body { margin: 0; background: #fff; color: #1a1a1a; font: 15px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
    main { max-width: 1160px; margin: 0 auto; padding: 24px 20px 48px; }
    h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 8px; }
    h2 { font-size: 1.25rem; margin: 40px 0 8px; padding-top: 12px; border-top: 1px solid #ccc; }
    h3 { font-size: 1rem; margin: 24px 0 6px; }
    .lead { font-size: 1.05rem; max-width: 46em; }
    .finding { max-width: 50em; }
    .notes { background: #fff8e1; border-left: 4px solid #e6a700; padding: 8px 12px 8px 28px; margin: 12px 0; }
    nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 18px; }
    a { color: #00598c; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; margin: 10px 0 16px; font-size: 0.88rem; font-variant-numeric: tabular-nums; }
    caption { text-align: left; font-weight: 600; padding: 4px 0; }
    th, td { padding: 4px 12px 4px 0; text-align: right; white-space: nowrap; border-bottom: 1px solid #e3e3e3; }
    th[scope=row], thead th:first-child { text-align: left; font-weight: 500; }
    thead th { white-space: normal; vertical-align: bottom; max-width: 7.5em; border-bottom: 1px solid #555; font-weight: 600; }
    td b { font-weight: 700; }
    .range { color: #555; font-size: 0.92em; display: block; line-height: 1.1; }
    .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(310px, 1fr)); gap: 14px 22px; }
    .charts.broad { grid-template-columns: repeat(auto-fill, minmax(440px, 1fr)); }
    figure { margin: 0; min-width: 0; break-inside: avoid; }
    figcaption { font-size: 0.85rem; color: #333; }
    svg { width: 100%; height: auto; display: block; }
    svg text { font: 11px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: #333; }
    svg text.axis { font-size: 11.5px; fill: #1a1a1a; }
    svg .grid { stroke: #e6e6e6; stroke-width: 1; }
    .legend { list-style: none; padding: 0; margin: 8px 0; display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 0.88rem; }
    .legend svg { width: 34px; height: 10px; display: inline-block; margin-right: 6px; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; font-size: 0.9rem; }
    dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
    footer { margin-top: 32px; color: #555; font-size: 0.85rem; }
    @media print {
      body { font-size: 10pt; } main { max-width: none; padding: 0; } nav { display: none; }
      h2, h3, caption { break-after: avoid; } tr { break-inside: avoid; }
      .charts { grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 8px 12px; } .wide { overflow: visible; }
      .charts.broad { grid-template-columns: repeat(2, minmax(0, 1fr)); }
      th, td { padding: 2px 6px 2px 0; } table { font-size: 7.5pt; }
      * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
    }
    """
}
