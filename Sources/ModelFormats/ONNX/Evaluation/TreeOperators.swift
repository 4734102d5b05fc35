import Foundation
import StatisticalLearning

/// What is done with scores before they go out.
enum PostTransform: String, Sendable {
  case none = "NONE"
  case softmax = "SOFTMAX"
  case logistic = "LOGISTIC"
  case softmaxZero = "SOFTMAX_ZERO"
  case probit = "PROBIT"

  init(_ node: OperatorNode) throws {
    if node.message.opType == "TreeEnsemble" {
      let code = try node.integer("post_transform", default: 0)
      let all: [PostTransform] = [.none, .softmax, .logistic, .softmaxZero, .probit]
      guard all.indices.contains(code) else { throw node.failure("post_transform \(code)") }
      self = all[code]
    } else {
      let name = try node.string("post_transform", default: "NONE")
      guard let transform = PostTransform(rawValue: name) else { throw node.failure("post_transform '\(name)'") }
      self = transform
    }
  }

  /// In place, row by row of `width` scores.
  func apply(_ scores: inout [Double], width: Int) {
    guard width > 0 else { return }
    switch self {
    case .none: return
    case .logistic: for index in scores.indices { scores[index] = sigmoid(scores[index]) }
    case .probit:
      for index in scores.indices {
        let p = scores[index]
        scores[index] = p > 0 && p < 1 ? StandardNormal.quantile(p) : (p == 0 ? -.infinity : p == 1 ? .infinity : .nan)
      }
    case .softmax, .softmaxZero:
      for start in stride(from: 0, to: scores.count, by: width) {
        let range = start..<start + width
        let largest = scores[range].max() ?? 0
        var sum = 0.0
        for index in range {
          // SOFTMAX_ZERO leaves (nearly) zero scores at zero.
          let isZero = self == .softmaxZero && abs(scores[index]) <= 1e-7
          scores[index] = isZero ? 0 : exp(scores[index] - largest)
          sum += scores[index]
        }
        if sum > 0 { for index in range { scores[index] /= sum } }
      }
    }
  }
}

extension [Tensor?] {
  /// The rows of a two-dimensional numeric input; a vector is one row.
  func rows(_ index: Int) throws -> (values: [Double], rowCount: Int, columnCount: Int, type: ElementType) {
    let (values, tensor) = try numbers(index)
    switch tensor.rank {
    case 1: return (values, 1, tensor.count, tensor.type)
    case 2: return (values, tensor.shape[0], tensor.shape[1], tensor.type)
    default: throw OperatorFailure("a tensor of \(tensor.rank) dimensions where rows are expected")
    }
  }
}

/// `TreeEnsemble`, `TreeEnsembleRegressor`.
struct TreeEnsembleOperator: Operator {
  let forest: TreeForest
  let aggregation: TreeForest.Aggregation
  let baseValues: [Double]
  let transform: PostTransform

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let (values, rowCount, columnCount, type) = try inputs.rows(0)
    guard columnCount >= forest.featureCount else {
      throw OperatorFailure("\(columnCount) features, and the trees use \(forest.featureCount)")
    }
    let (elements, overflow) = rowCount.multipliedReportingOverflow(by: forest.targetCount)
    guard !overflow else { throw EvaluationBudget.Exceeded.elements }
    try budget.spend(elements: elements, work: rowCount * (forest.work / 4 + 1) + elements)
    var scores = forest.scores(values, rowCount: rowCount, columnCount: columnCount, aggregation: aggregation)
    let width = forest.targetCount
    if baseValues.count == width {
      for index in scores.indices { scores[index] += baseValues[index % width] }
    } else if baseValues.count == 1 {
      for index in scores.indices { scores[index] += baseValues[0] }
    }
    transform.apply(&scores, width: width)
    return [Tensor(reals: scores, type: type == .double ? .double : .float, shape: [rowCount, width])]
  }
}

/// The names of classes: whole numbers or texts.
enum ClassLabels: Sendable, Equatable {
  case integers([Int64])
  case strings([String])

  var count: Int {
    switch self {
    case .integers(let labels): labels.count
    case .strings(let labels): labels.count
    }
  }

  var names: [String] {
    switch self {
    case .integers(let labels): labels.map { String($0) }
    case .strings(let labels): labels
    }
  }

  init(_ node: OperatorNode, integers: String, strings: String) throws {
    let texts = try node.strings(strings)
    self = texts.isEmpty ? .integers(node.integers(integers).map { Int64($0) }) : .strings(texts)
  }

  func tensor(_ indices: [Int]) -> Tensor {
    switch self {
    case .integers(let labels): Tensor(shape: [indices.count], int64s: indices.map { labels[$0] })
    case .strings(let labels): Tensor(shape: [indices.count], strings: indices.map { labels[$0] })
    }
  }
}

/// The class of the largest score, and all scores.
enum Classification {
  /// Where only the score of the second class is known, the first one's follows from it.
  static func twoClasses(_ scores: [Double], transform: PostTransform, arePositive: Bool) -> (
    scores: [Double], classes: [Int]
  ) {
    var result: [Double] = []
    var classes: [Int] = []
    for score in scores {
      switch transform {
      case .logistic: result += [sigmoid(-score), sigmoid(score)]
      case .probit:
        var pair = [1 - score, score]
        transform.apply(&pair, width: 2)
        result += pair
      default: result += arePositive ? [1 - score, score] : [-score, score]
      }
      classes.append((arePositive && transform != .logistic ? score > 0.5 : score > 0) ? 1 : 0)
    }
    return (result, classes)
  }

  static func largest(_ scores: [Double], width: Int) -> [Int] {
    stride(from: 0, to: scores.count, by: max(width, 1)).map { start in
      var best = 0
      for index in 1..<max(width, 1) where scores[start + index] > scores[start + best] { best = index }
      return best
    }
  }
}

/// `TreeEnsembleClassifier`: labels and scores.
struct TreeClassifierOperator: Operator {
  let forest: TreeForest
  let baseValues: [Double]
  let transform: PostTransform
  let labels: ClassLabels
  /// Two classes, and all leaves add to one: the score of the second class.
  let isOneScore: Bool
  let arePositive: Bool

  init(_ node: OperatorNode) throws {
    labels = try ClassLabels(node, integers: "classlabels_int64s", strings: "classlabels_strings")
    guard labels.count >= 1 else { throw node.failure("no class") }
    forest = try TreeForest(older: node, prefix: "class", targetCount: labels.count)
    baseValues = try node.reals(tensor: "base_values_as_tensor", floats: "base_values")
    transform = try PostTransform(node)
    isOneScore = labels.count == 2 && Set(forest.targets).count == 1
    arePositive = forest.weights.allSatisfy { $0 >= 0 }
    guard [0, 1, labels.count].contains(baseValues.count), baseValues.allSatisfy({ $0.isFinite }) else {
      throw node.failure("\(baseValues.count) base values for \(labels.count) classes")
    }
  }

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    let (values, rowCount, columnCount, _) = try inputs.rows(0)
    guard columnCount >= forest.featureCount else {
      throw OperatorFailure("\(columnCount) features, and the trees use \(forest.featureCount)")
    }
    let width = labels.count
    let (elements, overflow) = rowCount.multipliedReportingOverflow(by: width)
    guard !overflow else { throw EvaluationBudget.Exceeded.elements }
    try budget.spend(elements: elements, work: rowCount * (forest.work / 4 + 1) + elements)
    var scores = forest.scores(values, rowCount: rowCount, columnCount: columnCount, aggregation: .sum)
    let classes: [Int]
    if isOneScore {
      let target = Int(forest.targets[0])
      let base = baseValues.count == 2 ? baseValues[1] : baseValues.first ?? 0
      let one = (0..<rowCount).map { scores[$0 * 2 + target] + base }
      (scores, classes) = Classification.twoClasses(one, transform: transform, arePositive: arePositive)
    } else {
      for index in scores.indices where !baseValues.isEmpty {
        scores[index] += baseValues[baseValues.count == 1 ? 0 : index % width]
      }
      classes = Classification.largest(scores, width: width)
      transform.apply(&scores, width: width)
    }
    return [labels.tensor(classes), Tensor(reals: scores, type: .float, shape: [rowCount, width])]
  }
}
