import CapabilityScoring
import Foundation
import StatisticalLearning
import SurveyData

/// Does with a file what `inspect` and `predict` would: for tests that no file can bring them down.
public enum ModelFileExercise {
  /// - Returns: Whether the file could be scored.
  public static func run(_ data: Data) -> Bool {
    switch ModelFileSummary.examine(data).content {
    case .scoring(let file): score(file, byteCount: data.count)
    case .imported(let model): score(model)
    case nil: false
    }
  }

  private static func score(_ model: ImportedModel) -> Bool {
    // Rows are the caller's memory, not the file's.
    guard model.featureCount <= 4096 else { return false }
    let count = model.featureCount
    let rows = Matrix(
      rows: [
        [Double](repeating: 0, count: count), [Double](repeating: .nan, count: count),
        (0..<count).map { Double($0 % 7) - 1.5 }, [Double](repeating: 1e300, count: count),
      ])
    return (try? model.predictions(for: rows)) != nil
  }

  private static func score(_ file: ScoringModelFile, byteCount: Int) -> Bool {
    guard file.model.columns.count <= 4096 else { return false }
    guard let predictor = try? SurveyModelFile.predictor(of: file, byteCount: byteCount) else {
      // A scoring model without a codebook: score the rows that it carries.
      return !FirmScorer(model: file.model).predictions(file.goldenRows.answers(for: file.model)).isEmpty
    }
    // A firm that gives the first answer everywhere, one that gives none, and one whose cells can't be read.
    let columns =
      predictor.encoding.features.map(\.column)
      + predictor.encoding.codebook.outcomes.flatMap { $0.definition.columns }
    let table = SurveyTable(
      columns: Set(columns).sorted().map { name in
        let feature = predictor.encoding.features.first { $0.column == name }
        return SurveyColumn(
          name: name, values: .texts([0, -1, 1], levels: [feature?.levels.first?.codes.first?.text ?? "3", "\u{1}"]))
      }, rowCount: 3)
    guard let encoded = try? predictor.encoding.encode(table, for: .prediction, allowingMissingColumns: true) else {
      return false
    }
    _ = predictor.scoring.sampleSizeGate
    _ = ModelCard(predictor).markdown()
    let diagnoses = FirmScorer(model: predictor.scoring).diagnose(
      predictor.answers(of: encoded), ids: encoded.firmIDs, threadCount: 1)
    return diagnoses.count == 3
  }
}
