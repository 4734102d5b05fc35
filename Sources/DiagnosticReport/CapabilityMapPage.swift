import CapabilityScoring
import ModelEvaluation

/// The map of capabilities as one self-contained HTML page: the chart, what its marks mean, the clusters, and every figure
/// as a table. No script, no address outside.
public enum CapabilityMapPage {
  /// - Parameters:
  ///   - title: Plain text, as are the other texts.
  ///   - spaces: What each space is called, such as "innovation only".
  ///   - notes: Sentences above the chart.
  ///   - reading: Sentences below it.
  public static func html(
    title: String, chart: CapabilityMapChart, spaces: [(space: CapabilitySpace, name: String)], notes: [String],
    reading: [String], footer: String
  ) -> String {
    let escaped = BenchmarkMarkup.escaped
    let legend = spaces.map { space, name in
      "<li><svg viewBox=\"0 0 34 10\" aria-hidden=\"true\">"
        + CapabilityMapChart.shape(space, x: 17, y: 5, radius: 4.5, opacity: 1).replacing("\n", with: "")
        + "</svg>\(escaped(name))</li>\n"
    }.joined()
    let atlas = chart.atlas
    let names = Dictionary(
      zip(atlas.places.map(\.capability), chart.marks.map(\.name)), uniquingKeysWith: { first, _ in first })
    let clusters = atlas.clusters.enumerated().map { index, cluster in
      [
        "\(index + 1)", cluster.members.map { escaped(names[$0] ?? "") }.joined(separator: ", "),
        cluster.stability.map { decimal($0, 2) } ?? "–",
      ]
    }
    let rows = zip(atlas.places, chart.marks).map { place, mark in
      [
        escaped(mark.name), "\(place.cluster + 1)", mark.uplift.map { decimal($0 * 100, 1) } ?? "–",
        spaces.first { $0.space == mark.space }.map { escaped($0.name) } ?? "–",
        mark.space == nil ? "–" : "\(Int((mark.agreement * 100).rounded())) %",
      ]
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(escaped(title))</title>
      <style>
      \(BenchmarkStyle.sheet)
      td { white-space: normal; }
      </style>
      </head>
      <body>
      <main>
      <h1>\(escaped(title))</h1>
      \(notes.map { "<p>\(escaped($0))</p>\n" }.joined())<ul class="legend">
      \(legend)</ul>
      <figure>
      \(chart.svg)</figure>
      <section>
      <h2>How to read this</h2>
      <ul>
      \(reading.map { "<li>\(escaped($0))</li>\n" }.joined())</ul>
      </section>
      <section>
      <h2>Figures</h2>
      \(BenchmarkMarkup.table(
        caption: "Clusters (silhouette \(decimal(atlas.silhouette, 2)), stress \(decimal(atlas.stress, 2)))",
        header: ["cluster", "capabilities", "stability"], rows: clusters))\
      \(BenchmarkMarkup.table(
        caption: "Capabilities", header: ["capability", "cluster", "points", "goes with", "agree"], rows: rows))</section>
      <footer>\(escaped(footer))</footer>
      </main>
      </body>
      </html>

      """
  }

  private static func decimal(_ value: Double, _ decimals: Int) -> String { BenchmarkResult.text(value, decimals) }
}
