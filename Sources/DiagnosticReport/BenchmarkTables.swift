import ModelEvaluation

/// Tables of what a benchmark was asked for besides its comparison.
enum BenchmarkTables {
  /// Pairs of candidates that differ in one respect.
  static func contrasts(_ outcome: BenchmarkResult.Outcome, level: Double) -> String {
    guard !outcome.contrasts.isEmpty else { return "" }
    let metrics = BenchmarkMetric.compared(for: outcome.kind)
    var rows: [[String]] = []
    var seen = Set<String>()
    for pair in outcome.contrasts {
      let name = "\(pair.candidate) − \(pair.reference)"
      guard seen.insert(name).inserted else { continue }
      rows.append(
        [BenchmarkMarkup.escaped(name)]
          + metrics.map { metric in
            let own = outcome.contrasts.first {
              $0.candidate == pair.candidate && $0.reference == pair.reference && $0.metric == metric
            }
            return own.map { BenchmarkMarkup.interval($0.interval, 4, signed: true) } ?? "–"
          })
    }
    return BenchmarkMarkup.table(
      caption: "What a constraint costs, or a part adds: differences on the same folds, with "
        + "\(BenchmarkPage.percent(level)) intervals",
      header: ["pair"] + metrics.map { BenchmarkMarkup.escaped($0.title) }, rows: rows)
  }

  static func bootstrap(_ outcome: BenchmarkResult.Outcome) -> String {
    let rows = outcome.candidates.flatMap { candidate in
      candidate.bootstrap.filter { $0.metric != .brier }.map { own in
        let v = own.validation
        return [BenchmarkMarkup.escaped(candidate.name), BenchmarkMarkup.escaped(own.metric.title)]
          + [v.apparent, v.optimism, v.optimismCorrected, v.outOfBag, v.estimate632Plus].map {
            BenchmarkResult.text($0, 3)
          } + ["\(v.replicateCount)"]
      }
    }
    guard !rows.isEmpty else { return "" }
    return "<h3>Bootstrap validation</h3>\n"
      + BenchmarkMarkup.table(
        caption: "Refitted on bootstrap samples of all firms: for learning, none is set aside",
        header: ["candidate", "metric", "apparent", "optimism", "corrected", "out of bag", ".632+", "samples"],
        rows: rows)
  }

  static func ceilings(_ outcome: BenchmarkResult.Outcome) -> String {
    guard !outcome.ceilings.isEmpty else { return "" }
    let parts = outcome.ceilings.map {
      "\(BenchmarkPage.percent($0.misreportedShare)) misreported: \(BenchmarkResult.text($0.area, 3))"
    }
    return "<p>The largest AUC that any model could reach if firms misreported this outcome: "
      + "\(parts.joined(separator: "; ")).</p>\n"
  }

  static func cutOffs(_ result: BenchmarkResult) -> String {
    guard !result.cutOffs.isEmpty else { return "" }
    let rows = result.cutOffs.map { own -> [String] in
      let metrics: [BenchmarkMetric] = [.auc, .logLoss, .brierSkill, .calibrationSlope]
      return [BenchmarkMarkup.escaped("\(own.outcome): \(own.rule)"), BenchmarkMarkup.escaped(own.candidate)]
        + ["\(own.rowCount)", BenchmarkPage.percent(own.baseRate)]
        + metrics.map { metric in
          own.metric(metric).map { value in
            value.interval.map { BenchmarkMarkup.interval($0) } ?? BenchmarkResult.text(value.value, 3)
          } ?? "–"
        }
    }
    return "<section>\n<h2>Other cut-offs</h2>\n"
      + BenchmarkMarkup.table(
        caption: "The same firms and folds, with the bound of an outcome's rule set elsewhere",
        header: ["rule", "candidate", "firms", "have it", "AUC", "log-loss", "Brier skill", "slope"], rows: rows)
      + "</section>\n"
  }

  static func stability(_ result: BenchmarkResult) -> String {
    guard let stability = result.stability else { return "" }
    func text(_ value: Double?) -> String { value.map { BenchmarkResult.text($0, 2) } ?? "–" }
    let rows = stability.items.map { item in
      [
        BenchmarkMarkup.escaped(item.name), BenchmarkPage.percent(item.shareAmongFirst),
        BenchmarkResult.text(item.meanRank, 1),
      ]
    }
    return """
      <section>
      <h2>Stability of priorities</h2>
      <p class="finding">Models of \(stability.trainingSetCount) training sets were asked for the order of the same firms' \
      capabilities. Agreement on the first \(stability.firstCount): <b>\(text(stability.selection))</b> over all firms, \
      \(text(stability.selectionByFirm)) for one firm; concordance of whole orders: \(text(stability.concordance)). \
      1 is full agreement, 0 is chance.</p>

      """
        + BenchmarkMarkup.table(
          caption: "Capabilities by mean rank",
          header: ["capability", "among the first \(stability.firstCount)", "mean rank"], rows: rows)
        + "</section>\n"
  }
}
