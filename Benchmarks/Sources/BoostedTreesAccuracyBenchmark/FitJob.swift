import BoostedTrees
import Foundation
import StatisticalLearning

/// One fit: a table to learn from, rows to predict, and where to put the predictions.
///
/// `train` holds the columns and then the target, `test` the columns alone. `settings` replaces values of the preset
/// for the table's size, by name.
struct FitJob: Decodable {
  var train: String
  var trainRows: Int
  var test: String
  var testRows: Int
  var columns: [ColumnDescription]
  /// `binary`, `classes`, `ordered`, `squared` or `poisson`.
  var task: String
  var classCount: Int?
  var settings: [String: Setting]?
  var seed: UInt64?
  var output: String

  struct Answer: Encodable {
    var seconds: Double
    var rounds: Int
    var linearShare: Double
    var treeCount: Int
  }

  /// A parameter's value.
  enum Setting: Decodable {
    case flag(Bool)
    case number(Double)
    case text(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }

    var value: Any {
      switch self {
      case .flag(let flag): flag
      case .number(let number): number
      case .text(let text): text
      }
    }
  }

  func run() throws -> Answer {
    let table = try NumberFile.read(train, rowCount: trainRows)
    let features = columns.map(\.feature)
    let data = try Dataset(
      features: features, matrix: Matrix(columns: Array(table.dropLast())), targets: table.last!)
    let fresh = Matrix(columns: try NumberFile.read(test, rowCount: testRows))
    let parameters = try Self.parameters(
      .preset(rowCount: trainRows, featureCount: features.count), replacing: settings ?? [:])
    let seed = seed ?? 0
    let start = cpuSeconds()
    let record: TrainingRecord?
    let predictions: [Double]
    let treeCount: Int
    let fitted: Double
    switch task {
    case "binary":
      let model = try BoostedTrees(parameters: parameters, seed: seed, threadCount: 1).fit(data)
      fitted = cpuSeconds()
      (record, predictions, treeCount) = (
        model.trainingRecord, model.logOdds(for: fresh), model.ensemble.trees.count
      )
    case "classes", "ordered":
      let model = try BoostedClassifier(
        classCount: classCount!, isOrdered: task == "ordered",
        parameters: (settings ?? [:]).isEmpty ? nil : parameters, seed: seed, threadCount: 1
      ).fit(data)
      fitted = cpuSeconds()
      let probabilities = model.probabilities(for: fresh)
      (record, predictions, treeCount) = (
        model.trainingRecord, (0..<testRows).flatMap { Array(probabilities.row($0)) }, model.ensemble.trees.count
      )
    case "poisson":
      let model = try BoostedRegressor(
        loss: PoissonLoss(), targets: .nonNegative, parameters: parameters, seed: seed, threadCount: 1
      ).fit(data)
      fitted = cpuSeconds()
      (record, predictions, treeCount) = (
        model.trainingRecord, model.predictions(for: fresh), model.ensemble.trees.count
      )
    default:
      let model = try BoostedRegressor(parameters: parameters, seed: seed, threadCount: 1).fit(data)
      fitted = cpuSeconds()
      (record, predictions, treeCount) = (
        model.trainingRecord, model.predictions(for: fresh), model.ensemble.trees.count
      )
    }
    try NumberFile.write(predictions, to: output)
    return Answer(
      seconds: fitted - start, rounds: record?.roundCount ?? 0, linearShare: record?.linearShare ?? 0,
      treeCount: treeCount)
  }

  /// The preset with some values replaced.
  static func parameters(
    _ preset: BoostingParameters, replacing settings: [String: Setting]
  ) throws -> BoostingParameters {
    if settings.isEmpty { return preset }
    var values =
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(preset)) as? [String: Any] ?? [:]
    for (name, setting) in settings { values[name] = setting.value }
    return try JSONDecoder().decode(
      BoostingParameters.self, from: JSONSerialization.data(withJSONObject: values))
  }
}

/// Seconds of processor time that this process has taken.
func cpuSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
