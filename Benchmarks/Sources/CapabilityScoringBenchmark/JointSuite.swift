import CapabilityScoring
import Foundation
import ModelEvaluation
import StatisticalLearning
import SurveyData

/// Log-loss and calibration of the probability of both outcomes on firms that neither the models nor ψ had seen, beside
/// what independence makes of the same two probabilities.
struct JointSuite {
  let survey: String
  let codebook: String
  let condition: String

  struct Result: Encodable {
    var firms = 0
    var share = 0.0
    var crossRatios: [Double] = []
    var logLoss: [String: Double] = [:]
    var calibrationSlope: [String: Double] = [:]
    var calibrationIntercept: [String: Double] = [:]
    /// Independence less joint, its standard error over firms.
    var difference = 0.0
    var standardError = 0.0
  }

  func run() throws {
    let codebook = try Codebook(yaml: String(contentsOfFile: codebook, encoding: .utf8), name: codebook)
    var table = try SurveyReader.read(survey)
    if !condition.isEmpty { table = table.selectingRows(try RowFilter(condition).selection(in: table).rows) }
    let encoding = try SurveyEncoding(codebook: codebook, table: table)
    let whole = ScoringSurvey(try encoding.encode(table), codebook: codebook)
    let rows = (0..<whole.firmCount).filter { row in whole.outcomes.prefix(2).allSatisfy { !$0.targets[row].isNaN } }
    let scoring = whole.selectingRows(rows)
    let both = (0..<rows.count).map { scoring.outcomes[0].targets[$0] * scoring.outcomes[1].targets[$0] }
    let folds = try FoldAssignment.stratified(
      strata: (0..<rows.count).map { Int(scoring.outcomes[0].targets[$0]) * 2 + Int(scoring.outcomes[1].targets[$0]) },
      foldCount: 5, repeatCount: 1, seed: 29)
    var joint = [Double](repeating: 0, count: rows.count)
    var independent = joint
    var result = Result(firms: rows.count, share: both.reduce(0, +) / Double(rows.count))
    for split in folds.splits {
      var settings = TrainingSettings()
      settings.learner = .logistic
      settings.bootstrap = 0
      settings.repeats = 1
      settings.seed = 7
      let model = try ScoringTrainer(settings: settings).train(scoring.selectingRows(split.trainingRows))
      let predictions = FirmScorer(model: model).predictions(scoring.selectingRows(split.testRows).answers)
      let ratio = model.joint!.estimate.crossRatio
      result.crossRatios.append(ratio.value)
      for (position, row) in split.testRows.enumerated() {
        let (first, second) = (predictions[0][position], predictions[1][position])
        joint[row] = ratio.jointProbability(first, second)
        independent[row] = first * second
      }
    }
    var losses: [[Double]] = []
    for (name, probabilities) in [("joint", joint), ("independence", independent)] {
      let scored = try BinaryPredictions(logOdds: probabilities.map { logit($0) }, outcomes: both)
      losses.append(zip(probabilities, both).map { -log($1 == 1 ? $0 : 1 - $0) })
      result.logLoss[name] = losses.last!.reduce(0, +) / Double(rows.count)
      result.calibrationSlope[name] = scored.calibrationLine()?.slope
      result.calibrationIntercept[name] = scored.calibrationLine()?.intercept
    }
    let differences = zip(losses[1], losses[0]).map { $0 - $1 }
    result.difference = differences.reduce(0, +) / Double(rows.count)
    let squares = differences.reduce(0) { $0 + ($1 - result.difference) * ($1 - result.difference) }
    result.standardError = (squares / Double(rows.count - 1) / Double(rows.count)).squareRoot()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    FileHandle.standardOutput.write(try encoder.encode(result) + Data("\n".utf8))
  }
}
