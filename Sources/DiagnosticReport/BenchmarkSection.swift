import ModelEvaluation

/// The part of the page that is about one outcome.
struct BenchmarkSection {
  let outcome: BenchmarkResult.Outcome
  let number: Int
  let level: Double

  /// The metric that orders candidates: a proper one.
  private var ordering: BenchmarkMetric {
    switch outcome.kind {
    case .binary: .logLoss
    case .continuous: .rootMeanSquaredError
    case .ordered: .rankedProbabilityScore
    }
  }
  private var discrimination: BenchmarkMetric { outcome.kind == .binary ? .auc : .rSquared }

  /// Candidates with results, best first, and the colour number that each keeps in every chart.
  private var ranked: [(candidate: BenchmarkResult.Candidate, colour: Int)] {
    outcome.candidates.enumerated().filter { $0.element.failure == nil && !$0.element.metrics.isEmpty }
      .map { (candidate: $0.element, colour: $0.offset) }
      .sorted { a, b in
        let losses = [a, b].map { $0.candidate.metric(ordering)?.value ?? .infinity }
        return (losses[0], a.colour) < (losses[1], b.colour)
      }
  }

  /// Those that charts show.
  private var charted: [(candidate: BenchmarkResult.Candidate, colour: Int)] {
    Array(ranked.prefix(BenchmarkPage.curveLimit))
  }

  /// Those whose ranking varies: a constant prediction has a flat line in every chart of ranking.
  private var informative: [(candidate: BenchmarkResult.Candidate, colour: Int)] {
    charted.filter { !($0.candidate.metric(discrimination)?.interval?.standardError == 0) }
  }

  var html: String {
    let rate =
      outcome.kind == .binary
      ? "\(BenchmarkPage.percent(outcome.baseRate)) have it" : "mean \(BenchmarkResult.text(outcome.baseRate, 3))"
    var text = "<section id=\"outcome-\(number)\">\n<h2>\(BenchmarkMarkup.escaped(outcome.name))</h2>\n"
    text += "<p class=\"finding\">\(outcome.rowCount) firms with a known outcome; \(rate). \(finding)</p>\n"
    text += metricTable
    guard !ranked.isEmpty else { return text + "</section>\n" }
    text += legend
    text += differenceCharts
    text += BenchmarkTables.contrasts(outcome, level: level)
    text += curveCharts
    text += calibrationCharts
    text += conformalTable
    text += BenchmarkTables.bootstrap(outcome)
    text += BenchmarkTables.ceilings(outcome)
    text += groupCharts
    return text + "</section>\n"
  }

  /// One sentence: who ranks best, and whether that is more than chance.
  private var finding: String {
    guard let best = ranked.first, let metric = best.candidate.metric(discrimination) else { return "" }
    let name = BenchmarkMarkup.escaped(best.candidate.name)
    var text = "Lowest \(BenchmarkMarkup.escaped(ordering.title)): <b>\(name)</b>, with "
    text += "\(BenchmarkMarkup.escaped(discrimination.title)) \(BenchmarkResult.text(metric.value, 3))"
    if let interval = metric.interval {
      text += " (\(BenchmarkResult.text(interval.lower, 3)) to \(BenchmarkResult.text(interval.upper, 3)))"
    }
    guard
      let difference = outcome.differences.first(where: { $0.candidate == best.candidate.name && $0.metric == ordering }
      )
    else { return text + "." }
    let isShown = difference.interval.lower > 0 || difference.interval.upper < 0
    let reference = BenchmarkMarkup.escaped(difference.reference)
    text += isShown ? "; it improves on \(reference)" : "; an improvement on \(reference) is not shown"
    text += " (p \(difference.pValue < 0.001 ? "&lt; 0.001" : "= " + BenchmarkResult.text(difference.pValue, 3)))."
    return text
  }

  private var metricTable: String {
    let metrics = BenchmarkMetric.all(for: outcome.kind)
    let hasPermutation = outcome.candidates.contains { $0.permutationPValue != nil }
    let best = metrics.map { metric -> Double? in
      let values = outcome.candidates.compactMap { $0.metric(metric)?.value }
      return metric.isHigherBetter.flatMap { $0 ? values.max() : values.min() }
    }
    let rows = outcome.candidates.map { candidate -> [String] in
      let cells = zip(metrics, best).map { metric, best -> String in
        guard let own = candidate.metric(metric) else { return "–" }
        let text = own.interval.map { BenchmarkMarkup.interval($0) } ?? BenchmarkResult.text(own.value, 3)
        return own.value == best ? "<b>\(text)</b>" : text
      }
      let chance = hasPermutation ? [candidate.permutationPValue.map(BenchmarkMarkup.pValue) ?? "–"] : []
      return [BenchmarkMarkup.escaped(candidate.name)] + cells + chance
    }
    return BenchmarkMarkup.table(
      caption: "Accuracy and calibration on held-out firms, with \(BenchmarkPage.percent(level)) intervals",
      header: ["candidate"] + metrics.map { BenchmarkMarkup.escaped($0.title) } + (hasPermutation ? ["p, chance"] : []),
      rows: rows)
  }

  private var legend: String {
    let items = charted.map { candidate, colour -> String in
      let stroke = BenchmarkMarkup.stroke(colour)
      return "<li><svg viewBox=\"0 0 34 10\" aria-hidden=\"true\"><line x1=\"0\" y1=\"5\" x2=\"34\" y2=\"5\" "
        + "stroke=\"\(stroke.colour)\" stroke-width=\"2\" stroke-dasharray=\"\(stroke.dashes)\"/></svg>"
        + "\(BenchmarkMarkup.escaped(candidate.name))</li>\n"
    }
    let hidden = ranked.count - charted.count
    let more = hidden > 0 ? "<p>Charts show the \(charted.count) candidates of lowest \(ordering.title).</p>\n" : ""
    return "<ul class=\"legend\">\n\(items.joined())</ul>\n\(more)"
  }

  private var differenceCharts: String {
    guard let reference = outcome.differences.first?.reference else { return "" }
    var text = "<h3>Paired differences from \(BenchmarkMarkup.escaped(reference))</h3>\n<div class=\"charts broad\">\n"
    for metric in BenchmarkMetric.compared(for: outcome.kind) {
      let entries = outcome.differences.filter { $0.metric == metric }.map { difference in
        BenchmarkForest.Entry(
          label: difference.candidate, interval: difference.interval,
          stroke: BenchmarkMarkup.stroke(outcome.candidates.firstIndex { $0.name == difference.candidate } ?? 0))
      }
      guard !entries.isEmpty else { continue }
      let direction = metric.isHigherBetter == true ? "better to the right" : "better to the left"
      let forest = BenchmarkForest(
        title: "Differences in \(metric.title) from \(reference)",
        xTitle: "difference in \(metric.title), \(direction)",
        entries: entries, reference: 0, decimals: 3, signed: true)
      text += BenchmarkMarkup.figure(forest.svg(), caption: "\(metric.title): candidate minus \(reference)")
    }
    return text + "</div>\n"
  }

  private var curveCharts: String {
    var figures: [String] = []
    if charted.contains(where: { $0.candidate.rocCurve.count > 2 }) { figures.append(rocFigure) }
    if charted.contains(where: { !$0.candidate.decisionCurve.isEmpty }) { figures.append(decisionFigure) }
    if informative.contains(where: { ($0.candidate.learningCurve?.points.count ?? 0) > 1 }) {
      figures.append(learningFigure)
    }
    return figures.isEmpty ? "" : "<h3>Curves</h3>\n<div class=\"charts\">\n\(figures.joined())</div>\n"
  }

  private var rocFigure: String {
    var chart = BenchmarkChart(
      title: "ROC curves for \(outcome.name)", identifier: "roc-\(number)", x: 0...1, y: 0...1,
      xTitle: "false positive rate", yTitle: "true positive rate")
    chart.line([(0, 0), (1, 1)], stroke: ("#999999", "3 3"), width: 1)
    for (candidate, colour) in charted.reversed() {
      chart.line(
        candidate.rocCurve.map { ($0.falsePositiveRate, $0.truePositiveRate) }, stroke: BenchmarkMarkup.stroke(colour))
    }
    return BenchmarkMarkup.figure(chart.svg, caption: "ROC: firms found against firms called in error")
  }

  private var decisionFigure: String {
    let curves = charted.map(\.candidate.decisionCurve)
    let values = curves.flatMap { $0.map(\.netBenefit.value) }
    let highest = max(values.max() ?? 0, outcome.baseRate, 0.01) * 1.08
    // Treating all falls without bound; the chart stops a little below zero.
    let lowest = min(-highest * 0.12, max(values.min() ?? 0, -highest * 0.3))
    let thresholds = curves.flatMap { $0.map(\.threshold) }
    var chart = BenchmarkChart(
      title: "Decision curves for \(outcome.name)", identifier: "decision-\(number)",
      x: (thresholds.min() ?? 0)...max(thresholds.max() ?? 1, (thresholds.min() ?? 0) + 0.01), y: lowest...highest,
      xTitle: "threshold probability", yTitle: "net benefit")
    chart.line([(0, 0), (1, 0)], stroke: ("#666666", "none"), width: 1)
    if let first = curves.first(where: { !$0.isEmpty }) {
      chart.line(first.map { ($0.threshold, $0.netBenefitOfAll) }, stroke: ("#999999", "3 3"), width: 1.2)
    }
    for (candidate, colour) in charted.reversed() {
      chart.line(
        candidate.decisionCurve.map { ($0.threshold, $0.netBenefit.value) }, stroke: BenchmarkMarkup.stroke(colour))
    }
    return BenchmarkMarkup.figure(
      chart.svg, caption: "Decision curve; grey dashes: every firm is helped; grey line: none")
  }

  private var learningFigure: String {
    let curves = informative.compactMap { own in own.candidate.learningCurve.map { (curve: $0, colour: own.colour) } }
    let points = curves.flatMap { $0.curve.points }
    var chart = BenchmarkChart(
      title: "Learning curves for \(outcome.name)", identifier: "learning-\(number)",
      x: BenchmarkChart.range(of: points.map(\.trainingRowCount)),
      y: BenchmarkChart.range(of: points.map(\.value.value)), xTitle: "firms learned from", yTitle: discrimination.title
    )
    for (curve, colour) in curves.reversed() {
      let stroke = BenchmarkMarkup.stroke(colour)
      chart.line(curve.points.map { ($0.trainingRowCount, $0.value.value) }, stroke: stroke)
      for point in curve.points {
        chart.errorBar(
          x: point.trainingRowCount, value: point.value.value, lower: point.value.value, upper: point.value.value,
          colour: stroke.colour)
      }
    }
    let more = curves.first?.curve.rowCountToHalveInterval.map {
      "; about \(Int($0.rounded())) firms in all would halve the intervals"
    }
    return BenchmarkMarkup.figure(chart.svg, caption: "\(discrimination.title) by number of firms\(more ?? "")")
  }

  private var calibrationCharts: String {
    let panels = charted.filter { !$0.candidate.calibration.isEmpty }
    guard !panels.isEmpty else { return "" }
    var text = "<h3>Calibration</h3>\n<div class=\"charts\">\n"
    let curves = panels.flatMap(\.candidate.calibration)
    let highest = min(1, (curves.flatMap { [$0.predicted, $0.observed] }.max() ?? 1) * 1.1)
    for (candidate, colour) in panels {
      var chart = BenchmarkChart(
        title: "Calibration of \(candidate.name) for \(outcome.name)", identifier: "calibration-\(number)-\(colour)",
        height: 260, x: 0...highest, y: 0...highest, xTitle: "predicted probability", yTitle: "observed share")
      let stroke = BenchmarkMarkup.stroke(colour)
      chart.line([(0, 0), (1, 1)], stroke: ("#999999", "3 3"), width: 1)
      chart.band(
        candidate.calibration.map { (x: $0.predicted, lower: $0.lower, upper: $0.upper) }, colour: stroke.colour)
      chart.line(candidate.calibration.map { ($0.predicted, $0.observed) }, stroke: (stroke.colour, "none"))
      let slope = candidate.metric(.calibrationSlope).map { ", slope \(BenchmarkResult.text($0.value, 2))" } ?? ""
      text += BenchmarkMarkup.figure(
        chart.svg,
        caption: "\(candidate.name)\(slope); dashes: perfect calibration; band: \(BenchmarkPage.percent(level))")
    }
    return text + "</div>\n"
  }

  private var conformalTable: String {
    let rows = ranked.compactMap { candidate, _ in
      candidate.conformal.map { sets in
        [BenchmarkMarkup.escaped(candidate.name), BenchmarkPage.percent(sets.level)]
          + ([sets.coverage] + sets.coverageByOutcome + [sets.decidedShare]).map { share in
            share.map { "\(BenchmarkResult.text($0 * 100, 1)) %" } ?? "–"
          }
      }
    }
    guard !rows.isEmpty else { return "" }
    return "<h3>Prediction sets</h3>\n"
      + BenchmarkMarkup.table(
        caption: "Sets of outcomes that can't be excluded for a firm, calibrated on the other folds",
        header: ["candidate", "asked for", "covered", "without it", "with it", "firms decided"], rows: rows)
  }

  private var groupCharts: String {
    let columns = charted.first?.candidate.groups.reduce(into: [String]()) {
      if !$0.contains($1.column) { $0.append($1.column) }
    }
    guard let columns, !columns.isEmpty else { return "" }
    var text = ""
    for column in columns {
      text += "<h3>By \(BenchmarkMarkup.escaped(column))</h3>\n"
      let names = charted[0].candidate.groups.filter { $0.column == column }.map(\.name)
      // The best two candidates: more would hide what differs between groups.
      let entries = names.flatMap { name in
        informative.prefix(2).compactMap { candidate, colour -> BenchmarkForest.Entry? in
          let group = candidate.groups.first { $0.column == column && $0.name == name }
          return group?.discrimination.map {
            .init(
              label: informative.count > 1 ? "\(name): \(candidate.name)" : name, interval: $0,
              stroke: BenchmarkMarkup.stroke(colour))
          }
        }
      }
      if !entries.isEmpty {
        let forest = BenchmarkForest(
          title: "\(discrimination.title) for \(outcome.name) by \(column)", xTitle: discrimination.title,
          entries: entries, reference: outcome.kind == .binary ? 0.5 : nil)
        text += "<div class=\"charts broad\">\n"
        text += BenchmarkMarkup.figure(forest.svg(), caption: "\(discrimination.title) by \(column)") + "</div>\n"
      }
      text += groupTable(column)
    }
    return text
  }

  private func groupTable(_ column: String) -> String {
    let isBinary = outcome.kind == .binary
    let rows = charted.prefix(4).flatMap { candidate, _ in
      candidate.groups.filter { $0.column == column }.map { group in
        [
          BenchmarkMarkup.escaped(candidate.name), BenchmarkMarkup.escaped(group.name), "\(group.rowCount)",
          BenchmarkResult.text(group.baseRate, 3), group.discrimination.map { BenchmarkMarkup.interval($0) } ?? "–",
          BenchmarkResult.text(group.loss, 3),
          group.calibrationInTheLarge.map { BenchmarkMarkup.interval($0, signed: true) } ?? "–",
        ]
      }
    }
    return BenchmarkMarkup.table(
      caption: "Each \(column) on its own, by the candidates of lowest \(ordering.title)",
      header: [
        "candidate", BenchmarkMarkup.escaped(column), "firms", isBinary ? "share" : "mean",
        BenchmarkMarkup.escaped(discrimination.title), isBinary ? "log-loss" : "MSE", "calibration intercept",
      ], rows: rows)
  }
}
